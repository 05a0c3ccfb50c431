using System.Diagnostics.CodeAnalysis;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Machines.Stock;

/// <summary>
/// An activation of the stock machine: an OS thread that carries a virtual processor at times, and at other times is a
/// spare, is blocked in a system call, or waits to be restarted.
/// </summary>
/// <remarks>
/// <code>
///   Spare ──given a virtual processor──▶ Carrying ──declared call──▶ Blocked ──returns, posts──▶ Spare
///                                         ▲    │
///                                         │    └──undeclared call, taken over──▶ Blocked
///                                   Restarted                                      │ returns, reaches the core
///                                         │                                        ▼
///                                         └──────the policy picks its thread── Waiting
/// </code>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Descriptors are closed when nobody can reach them any more: whoever wakes an activation may be late.")]
internal sealed partial class Activation : Carrier, IWatched
{
    private readonly StockKernel _kernel;
    private readonly Wakeup _wakeup = new();
    private readonly TimerDescriptor _timer = new();
    private WatchedActivation? _watched;
    private volatile bool _dismissed;

    public Activation(StockKernel kernel, int number) : base(kernel.Scheduler)
    {
        _kernel = kernel;
        LinuxKernel.StartThread(Main, number);
    }

    /// <summary>The virtual processor that it carries; null for a spare.</summary>
    public VirtualProcessor? VirtualProcessor { get; private set; }

    bool IWatched.RunsUserCode => !_inCore;

    // Held by whoever takes the virtual processor away, and by the activation when it has found out.
    private readonly object _handshake = new();

    /// <summary>Gives it a virtual processor to carry.</summary>
    public void Give(VirtualProcessor vp)
    {
        VirtualProcessor = vp;
        vp.Activation = this;
        _wakeup.Set();
    }

    /// <summary>Wakes it where it idles beside its virtual processor.</summary>
    public void Wake() => _wakeup.Set();

    /// <summary>Ends a spare, which nobody can give a virtual processor any more.</summary>
    public void Dismiss()
    {
        _dismissed = true;
        _wakeup.Set();
    }

    private void Main()
    {
        TakeThread();
        _ = LinuxCalls.ThreadControl(LinuxCalls.SetTimerSlack, 1, 0, 0, 0);
        TimeSlice.Shorten();
        _watched = _kernel.Watch(this);
        try
        {
            while (true)
            {
                while (VirtualProcessor is null)
                {
                    if (_dismissed) return;
                    _wakeup.Wait();
                }
                if (!Carry()) return;
            }
        }
        catch (Exception exception) when (exception is AbandonedActivationException || (_abandoned && exception is not OutOfMemoryException))
        {
            // A policy callback came back after the watchdog had given its virtual processor to another activation.
        }
        catch (Exception exception)
        {
            _kernel.Fail(exception);
        }
        finally
        {
            _watched?.Dispose();
        }
    }

    // What carries a virtual processor stops doing so.
    private void Release() => VirtualProcessor = null;
}
