using System.Runtime.CompilerServices;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Plain runs under the core's own policy and without a trace: nobody hears of what threads do. So what is announced need not
// wait until the running thread leaves, and what Commit and FindNext come to stands here in one piece, for a thread that ends
// and for one that joins another.
internal sealed partial class Scheduler
{
    /// <summary>
    /// The core's own policy's queue, where the run is plain (<see cref="IsPlain"/>) and neither another policy nor a trace hears of a
    /// thread's change of state; else null.
    /// </summary>
    public ThreadQueue? DirectQueue { get; private set; }

    /// <summary>As <see cref="Announce(VirtualProcessor, UserThread)"/> and <see cref="TakeAnnounced"/>, for a thread that is new or blocked and waits for nothing any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AnnounceDirectly(ThreadQueue queue, UserThread thread)
    {
        var isNew = thread.State == UserThreadState.New;
        if (!isNew && thread.BlockReason != BlockReason.Synchronization) _outside--;
        MarkReady(thread, isNew ? ReadyReason.Created : ReadyReason.Signaled);
        _ready++;
        queue.Append(thread);
    }

    /// <summary>As <see cref="Yield"/>; the next thread may stand on the stack of another carrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public UserThread YieldDirectly(ThreadQueue queue, VirtualProcessor vp, UserThread thread)
    {
        MarkReady(thread, ReadyReason.Yielded);
        return GoOnDirectly(vp, queue.Rotate(thread));
    }

    /// <summary>As <see cref="CommitAndFindNext"/>, and as <see cref="YieldDirectly"/>.</summary>
    public UserThread? SwitchDirectly(ThreadQueue queue, VirtualProcessor vp, UserThread thread)
    {
        if (thread is { Request: Request.None, HasRareParts: false })
        {
            Retire(thread);
            if (thread.TakeJoiner() is { } joiner)
            {
                EndWait(joiner);
                AnnounceDirectly(queue, joiner);
            }
        }
        else if (thread is { Request: Request.Wait, CancelPending: false, RequestTime: NoDeadline, RequestObject: UserThread { State: not UserThreadState.Finished } joined })
        {
            thread.State = UserThreadState.Blocked;
            thread.BlockReason = BlockReason.Synchronization;
            thread.Interruptible = true;
            joined.AddJoiner(thread);
        }
        else if (Commit(vp, thread) || !MayGoOnPlainly(vp))
        {
            return null;
        }
        vp.Running = null;
        if (queue.Dequeue() is not { } next) return null;
        _ready--;
        return GoOnDirectly(vp, next);
    }

    // The thread runs next. What has its value already is not written: it is in writes that a switch is dear. Both times are NoTime,
    // all of whose bits are set, unless something has been made of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private UserThread GoOnDirectly(VirtualProcessor vp, UserThread next)
    {
        GoOn(vp, next);
        if ((vp.QuantumEnd & vp.PickedAt) != NoTime) BeginQuantum(vp, next);
        return next;
    }

    // As GoOnDirectly, in the quantum of the thread before it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void GoOn(VirtualProcessor vp, UserThread next)
    {
        next.State = UserThreadState.Running;
        vp.Running = next;
        Counters.Switches++;
    }
}
