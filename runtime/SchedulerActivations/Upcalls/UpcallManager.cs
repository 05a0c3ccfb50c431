using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Upcalls;

/// <summary>
/// The upcall management layer (section 3.2 of the paper): turns what the kernel reports into changes of thread states.
/// </summary>
/// <remarks>REQUIRES: called in the core, as <see cref="Scheduler"/> says.</remarks>
/// <param name="scheduler">The core thread system above.</param>
/// <param name="reports">False under a kernel that makes no upcalls (the kernel-threads model): states change all the same.</param>
internal sealed class UpcallManager(Scheduler scheduler, bool reports = true)
{
    /// <summary>Delivers everything that was reported to the virtual processor since: several events, one upcall.</summary>
    public void Deliver(VirtualProcessor vp)
    {
        // Partner: Kernel.Post, which enqueues and then sets Attention. Clearing comes first, so no event is overlooked.
        vp.Attention = false;
        if (vp.Displaced is not null) scheduler.TellDisplaced(vp);
        if (scheduler.AwaitsSuccessor) scheduler.TakeSuccessors(vp);
        scheduler.TakeAnnounced(vp);
        var reported = false;
        while (vp.Posted.TryDequeue(out var thread))
        {
            if (!reported && IsOfKernel(thread))
            {
                Report(vp, UpcallKind.Unblock, ref scheduler.Counters.UpcallsUnblock);
                reported = true;
            }
            scheduler.Unblock(vp, thread, thread.BlockReason == BlockReason.Synchronization ? ReadyReason.Signaled : ReadyReason.Unblocked);
        }
        scheduler.FireTimers(vp);
        scheduler.TellPriorities(vp);
    }

    /// <summary>The kernel gave the virtual processor a new activation, because the one before blocked with <paramref name="thread"/>.</summary>
    public void BlockedInKernel(VirtualProcessor vp, UserThread thread)
    {
        Report(vp, UpcallKind.Block, ref scheduler.Counters.UpcallsBlock);
        scheduler.Block(vp, thread, BlockReason.SystemCall);
    }

    /// <summary>The kernel reports that the activation on which <paramref name="thread"/> blocked can go on.</summary>
    public void UnblockedInKernel(VirtualProcessor vp, UserThread thread)
    {
        Report(vp, UpcallKind.Unblock, ref scheduler.Counters.UpcallsUnblock);
        scheduler.Unblock(vp, thread, ReadyReason.Unblocked);
    }

    /// <summary>An unblocked activation carries the virtual processor again.</summary>
    public void Restarted(VirtualProcessor vp) => Report(vp, UpcallKind.Restart, ref scheduler.Counters.UpcallsRestart);

    /// <summary>The timer that was armed has expired: a time slice or a sleep may be over.</summary>
    public void TimerExpired(VirtualProcessor vp)
    {
        vp.SafepointsToLook = 0;
        Report(vp, UpcallKind.Timer, ref scheduler.Counters.UpcallsTimer);
    }

    // Another user thread may have made or woken it, and left it to this virtual processor: no kernel reports that.
    private static bool IsOfKernel(UserThread thread) =>
        thread.State != UserThreadState.New && (thread.State != UserThreadState.Blocked || thread.BlockReason is BlockReason.SystemCall or BlockReason.ForeignTask);

    private void Report(VirtualProcessor vp, UpcallKind kind, ref long counter)
    {
        if (!reports) return;
        counter++;
        scheduler.Trace?.Add(scheduler.Time(vp), vp.Number, 0, TraceEventKind.Upcall, (byte)kind);
    }
}
