using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace SchedulerActivations.Tests.Stock.Blocking;

/// <summary>A pipe read by the bare system call: what no declared region covers.</summary>
internal sealed class Pipe : IDisposable
{
    private readonly int _readEnd;
    private readonly int _writeEnd;
    private readonly nint _byte = Marshal.AllocHGlobal(1);

    public Pipe() => Assert.Equal(0, Syscall.pipe(out _readEnd, out _writeEnd));

    public void ReadByte() => Assert.Equal(1, Syscall.read(_readEnd, _byte, 1));

    public void WriteByte() => Assert.Equal(1, Syscall.write(_writeEnd, _byte, 1));

    public void Dispose()
    {
        _ = Syscall.close(_readEnd);
        _ = Syscall.close(_writeEnd);
        Marshal.FreeHGlobal(_byte);
    }
}
