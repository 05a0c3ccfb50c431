using System.Runtime.InteropServices;

namespace SchedulerActivations.Machines.Stock;

/// <summary>An epoll set with a bell: what the watcher's thread sleeps on.</summary>
/// <remarks>
/// It says only that something happened, not where: who wakes looks at everything. So it does not matter that polling
/// a perf event consumes its readiness.
/// </remarks>
internal sealed unsafe partial class WaitSet : IDisposable
{
    private const int ControlAdd = 1;
    private const int ControlDelete = 2;
    private const uint Readable = 1;
    private const uint EdgeTriggered = 1u << 31;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int EventsAtOnce = 16;
    private const int BytesPerEvent = 16;
    private const int Enosys = PerfRefusal.Enosys;

    private readonly int _epoll;
    private readonly int _bell;
    private bool _coarse;

    public WaitSet()
    {
        _epoll = Checked(epoll_create1(CloseOnExec));
        _bell = eventfd(0, CloseOnExec | NonBlocking);
        if (_bell < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            _ = close(_epoll);
            throw Failure(errno);
        }

        Add(_bell);
    }

    /// <summary>Wakes the sleeper when the descriptor becomes ready from now on, or if it is.</summary>
    // Edge-triggered: a dead thread's perf event is ready for ever (a hang-up), and would otherwise never let us sleep.
    public void Add(int descriptor) => Checked(Control(ControlAdd, descriptor));

    /// <summary>Forgets a descriptor; one that is gone already is forgotten already.</summary>
    public void Remove(int descriptor) => _ = Control(ControlDelete, descriptor);

    /// <summary>Wakes the sleeper.</summary>
    public void Ring()
    {
        var one = 1L;
        _ = write(_bell, &one, sizeof(long));
    }

    /// <summary>Sleeps until something happens or the time is over; -1 is for ever.</summary>
    public void Wait(long nanoseconds)
    {
        var events = stackalloc byte[EventsAtOnce * BytesPerEvent];
        if (!_coarse)
        {
            var time = KernelTimeSpan.FromNanoseconds(nanoseconds);
            var ready = epoll_pwait2(EpollPwait2, _epoll, events, EventsAtOnce, nanoseconds < 0 ? null : &time, 0, 0);
            if (ready >= 0 || Marshal.GetLastPInvokeError() != Enosys)
                return;
            // Before Linux 5.11 only whole milliseconds can be waited for: later reports, no lost ones.
            _coarse = true;
        }

        _ = epoll_wait(_epoll, events, EventsAtOnce, nanoseconds < 0 ? -1 : (int)((nanoseconds + 999_999) / 1_000_000));
    }

    public void Dispose()
    {
        _ = close(_epoll);
        _ = close(_bell);
    }

    // The number is the same on every processor: calls newer than 2019 have one table.
    private const nint EpollPwait2 = 441;

    private int Control(int operation, int descriptor)
    {
        // struct epoll_event is packed on x86-64 only; we store no data in it, so its first word is all there is to set.
        var bytes = stackalloc byte[BytesPerEvent];
        new Span<byte>(bytes, BytesPerEvent).Clear();
        *(uint*)bytes = Readable | EdgeTriggered;
        return epoll_ctl(_epoll, operation, descriptor, bytes);
    }

    private static int Checked(int result) => result >= 0 ? result : throw Failure(Marshal.GetLastPInvokeError());

    private static IOException Failure(int errno) =>
        new($"The watcher of blocked activations cannot wait: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* what);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    private static partial nint epoll_pwait2(nint number, nint epoll, byte* events, nint count, KernelTimeSpan* time, nint signals, nint signalsSize);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc")]
    private static partial nint write(int descriptor, void* bytes, nint count);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
