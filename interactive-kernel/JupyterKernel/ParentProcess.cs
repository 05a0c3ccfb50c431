using System.Globalization;
using System.Runtime.InteropServices;

namespace SchedulerActivations.JupyterKernel;

/// <summary>The Jupyter that started this kernel. When it is gone without a word, nobody will ever say shutdown.</summary>
internal static class ParentProcess
{
    private const int PidfdOpen = 434;
    private const short Readable = 1;

    /// <summary>Calls <paramref name="gone"/> when the process that JPY_PARENT_PID names has ended, however it did.</summary>
    /// <remarks>
    /// A file descriptor of a process becomes readable when it ends: a wait, and no asking once a second. Where there
    /// are none (other systems than Linux), or Jupyter did not say its number, the kernel waits for shutdown only.
    /// </remarks>
    public static void Watch(Action gone)
    {
        if (!OperatingSystem.IsLinux() || !int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), NumberStyles.None, CultureInfo.InvariantCulture, out var parent))
            return;
        var process = (int)SystemCall(PidfdOpen, parent, 0);
        if (process < 0)
            return;
        new Thread(() => CallAtTheEndOf(process, gone)) { IsBackground = true, Name = "End of Jupyter" }.Start();
    }

    private static void CallAtTheEndOf(int process, Action gone)
    {
        var end = new PollEntry { FileDescriptor = process, Events = Readable };
        // A signal can end the wait early.
        while (Poll(ref end, 1, -1) < 1)
        {
        }

        gone();
    }

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SystemCall(nint number, nint first, nint second);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref PollEntry entries, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int FileDescriptor;
        public short Events;
        public short Returned;
    }
}
