using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SchedulerActivations.Machines.Linux;

/// <summary>A file descriptor that a system call has just returned.</summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <exception cref="Win32Exception">The call has failed.</exception>
    public FileDescriptor(int descriptor, string call) : base(ownsHandle: true)
    {
        if (descriptor < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}; the limit of open files (ulimit -n) may be reached");
        SetHandle(descriptor);
    }

    protected override bool ReleaseHandle() => LinuxCalls.Close((int)handle) == 0;
}
