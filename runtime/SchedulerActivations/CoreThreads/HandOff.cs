using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// Hand-off scheduling (D. Black, "Scheduling Support for Concurrency and Parallelism in the Mach Operating System", 1990) for
/// programs that divide their work among threads: round robin, but a thread that joins another one hands the rest of its turn to
/// it, and has it back when that one ends. So a tree of threads runs depth first, as the calls of a sequential program would:
/// few of its threads wait in the middle at any time, and what one has made is still in the cache when the next reads it.
/// </summary>
/// <remarks>
/// A turn lasts for its quantum, by however many threads it is used; whoever has it then goes to the end of the queue. So no thread
/// starves: it waits for a time slice at most for each that stands before it, as under <see cref="RoundRobin"/>. It does wait longer
/// where those would have blocked early, for what is left of their turns goes to the threads that they join.
/// <para>
/// On the stock machine, with one virtual processor and without a trace, a joined thread that has yet to begin is run on the stack of
/// the one that joins it, where it costs no switch. The order is the same, with one exception: a thread whose wait is cancelled goes
/// on once the one that it joins has been suspended or has ended, and not while that computes or blocks in the kernel. Elsewhere the
/// order is all there is to gain, and it is no faster: of two halves the second has not ended yet when it is joined, so that a
/// tree makes two switches a thread where round robin makes one and a half.
/// </para>
/// </remarks>
[Claims(PolicyClaims.WorkConserving)]
public sealed class HandOff : CorePolicy
{
    /// <inheritdoc/>
    protected internal override void OnReady(UserThread thread, ReadyReason reason)
    {
        if (thread.Joins is { State: UserThreadState.Finished } ended && Scheduler!.TryKeepTurn(ended.VirtualProcessor)) Queue.EnqueueFirst(thread);
        else Queue.Enqueue(thread);
    }

    /// <inheritdoc/>
    protected internal override void OnBlocked(UserThread thread, BlockReason reason)
    {
        if (thread.Joins is { } joined && Queue.Holds(joined) && Scheduler!.TryKeepTurn(thread.VirtualProcessor)) Queue.MoveFirst(joined);
    }
}
