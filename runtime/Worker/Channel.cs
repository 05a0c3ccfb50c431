using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SchedulerActivations.Worker;

/// <summary>
/// The worker's line to its notebook. It takes standard input and output for itself, so that nothing that user code
/// writes or reads, in C# or in C, gets between the messages: user code's standard input is empty, its standard output
/// goes where standard error goes.
/// </summary>
internal sealed partial class Channel : IDisposable
{
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC: a program that user code starts does not inherit the line.

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private Channel(SafeFileHandle input, SafeFileHandle output)
    {
        // Whatever the notebook has sent is taken at once.
        var arrived = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        Input = arrived.Reader.AsStream();
        Output = new FileStream(output, FileAccess.Write, bufferSize: 0);
        new Thread(() => Receive(input, arrived.Writer)) { IsBackground = true, Name = "notebook" }.Start();
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public static Channel TakeOver()
    {
        var input = new SafeFileHandle(Duplicate(0, DuplicateCloseOnExec, 3), ownsHandle: true);
        var output = new SafeFileHandle(Duplicate(1, DuplicateCloseOnExec, 3), ownsHandle: true);
        using (var nothing = File.OpenHandle("/dev/null"))
        {
            if (Redirect(2, 1) < 0 || Redirect((int)nothing.DangerousGetHandle(), 0) < 0)
                throw new IOException($"Standard input and output cannot be redirected: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        }
        // Ctrl-C in a terminal reaches every process in it; the notebook decides what it means.
        IgnoreSignal(2, 1);
        return new Channel(input, output);
    }

    /// <summary>Takes a virtio-serial port of the VM; waits until the notebook is at its other end.</summary>
    /// <param name="name">The port's name.</param>
    /// <exception cref="IOException">Nobody has come for so long that nobody will.</exception>
    public static Channel OverPort(string name)
    {
        var device = Directory.EnumerateDirectories("/sys/class/virtio-ports").First(port => File.ReadAllText(Path.Combine(port, "name")).Trim() == name);
        var port = File.OpenHandle(Path.Combine("/dev", Path.GetFileName(device)), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var waited = Stopwatch.StartNew();
        // No call waits for the end of a hang-up: it is looked at now and then.
        while (!IsNotebookThere(port))
        {
            if (waited.Elapsed > s_patience) throw new IOException($"No notebook came to the port {name}.");
            Thread.Sleep(1);
        }
        return new Channel(port, new SafeFileHandle(port.DangerousGetHandle(), ownsHandle: false));
    }

    private static bool IsNotebookThere(SafeFileHandle port)
    {
        var poll = new PollEntry { Descriptor = (int)port.DangerousGetHandle() };
        return Poll(ref poll, 1, 0) <= 0;
    }

    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
    }

    // On a thread of its own, which sees the notebook's end even where user code keeps every thread of the pool busy. It does
    // not poll beside a reader: a port's poll takes the buffer that has come (port_has_data() in the kernel's
    // virtio_console.c), the interrupt finds none any more (vring_interrupt()), and nobody wakes the reader.
    private static void Receive(SafeFileHandle input, PipeWriter arrived)
    {
        try
        {
            using var stream = new FileStream(input, FileAccess.Read, bufferSize: 0);
            while (stream.Read(arrived.GetSpan(4096)) is > 0 and var count)
            {
                arrived.Advance(count);
                arrived.FlushAsync().AsTask().GetAwaiter().GetResult();
            }
        }
        catch (IOException)
        {
            // The line is cut.
        }
        ExitNow(0);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Duplicate(int descriptor, int command, int lowest);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Redirect(int from, int to);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollEntry entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint IgnoreSignal(int signal, nint handler);

    // Neither finalizers nor exit handlers: user code may have hung any of them.
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);
}
