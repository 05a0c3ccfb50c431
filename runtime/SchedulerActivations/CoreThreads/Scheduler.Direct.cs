using System.Runtime.CompilerServices;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Plain runs under the core's own policy and without a trace: nobody hears of what threads do. So what is announced need not
// wait until the running thread leaves, and what Commit and FindNext come to stands here in one piece, for a thread that ends
// and for one that joins another.
internal sealed partial class Scheduler
{
    /// <summary>The run is plain (<see cref="IsPlain"/>), and neither a policy nor a trace hears of a thread's change of state.</summary>
    public bool IsDirect { get; private set; }

    /// <summary>As <see cref="Announce(VirtualProcessor, UserThread)"/> and <see cref="TakeAnnounced"/>, for a thread that is new or blocked and waits for nothing any more.</summary>
    /// <remarks>REQUIRES: <see cref="IsDirect"/>.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AnnounceDirectly(UserThread thread)
    {
        var isNew = thread.State == UserThreadState.New;
        if (!isNew && thread.BlockReason != BlockReason.Synchronization) _outside--;
        thread.State = UserThreadState.Ready;
        thread.ReadyReason = isNew ? ReadyReason.Created : ReadyReason.Signaled;
        thread.ReadySince = Kernel.CoarseNow;
        _ready++;
        _own!.Append(thread);
    }

    /// <summary>As <see cref="CommitAndFindNext"/>.</summary>
    /// <remarks>REQUIRES: also <see cref="IsDirect"/>.</remarks>
    public UserThread? SwitchDirectly(VirtualProcessor vp, UserThread thread)
    {
        if (thread is { Request: Request.None, HasRareParts: false })
        {
            thread.State = UserThreadState.Finished;
            _live.Remove(thread);
            _finishedWork += thread.WorkNanoseconds;
            if (thread.TakeJoiner() is { } joiner)
            {
                EndWait(joiner);
                AnnounceDirectly(joiner);
            }
        }
        else if (thread is { Request: Request.Wait, CancelPending: false, RequestTime: NoDeadline, RequestObject: UserThread { State: not UserThreadState.Finished } joined })
        {
            thread.State = UserThreadState.Blocked;
            thread.BlockReason = BlockReason.Synchronization;
            thread.Interruptible = true;
            joined.AddJoiner(thread);
        }
        else if (Commit(vp, thread))
        {
            return null;
        }
        vp.Running = null;
        if (_own!.FindNextToRun(vp) is not { } next) return null;
        _ready--;
        return GoOnWith(vp, next);
    }
}
