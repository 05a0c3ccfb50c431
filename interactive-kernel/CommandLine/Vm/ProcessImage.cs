using System.Runtime.InteropServices;

namespace SchedulerActivations.CommandLine.Vm;

/// <summary>execve(2).</summary>
internal static partial class ProcessImage
{
    private const int BrokenPipe = 13;

    /// <summary>Makes this process another program; returns the reason when that fails, and never otherwise.</summary>
    public static string Replace(string program, IEnumerable<string> arguments)
    {
        // .NET ignores it, and ignored signals stay ignored in the program that follows.
        SetSignal(BrokenPipe, 0);
        _ = Execute(program, [program, .. arguments, null]);
        return Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string program, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint handler);
}
