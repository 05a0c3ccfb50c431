using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.CoreThreads;

/// <summary>Reading a port, to be awaited.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public struct ReadOperation : IUserAwaiter
{
    private readonly UserThread _thread;
    private readonly Port _port;
    private int _event;

    internal ReadOperation(UserThread thread, Port port)
    {
        _thread = thread;
        _port = port;
    }

    private readonly long Due => _port.Due[_event];

    /// <summary>For the compiler.</summary>
    public readonly ReadOperation GetAwaiter() => this;

    /// <summary>For the compiler. An event that is due already is read at once.</summary>
    public bool IsCompleted
    {
        get
        {
            if (_thread.CancelPending) _thread.ThrowCancelled();
            using var core = new InCore(_thread);
            _event = _port.Claim();
            return _event < 0 || (Due <= _thread.Scheduler.Kernel.Now && !core.WantsSafepoint);
        }
    }

    /// <summary>For the compiler. The handler's first instruction: here reactivity ends.</summary>
    public readonly PortEvent? GetResult()
    {
        if (_event < 0) return null;
        _thread.Scheduler.RecordHandled(_thread, _port, _event);
        return new PortEvent(_event, TimeSpan.FromTicks(Due / 100));
    }

    readonly void IUserAwaiter.Suspend(Frame frame)
    {
        _thread.Suspend(frame, Request.Read);
        _thread.RequestTime = Due;
        _thread.RequestObject = _port;
    }

    readonly void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    readonly void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
