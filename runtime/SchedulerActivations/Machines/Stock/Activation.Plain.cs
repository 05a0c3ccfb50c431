using System.Runtime.CompilerServices;
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Machines.Stock;

// The loop inside the loop that carries a virtual processor: threads that do nothing but yield, wait for each other and end, one
// after the other. All of it answers with the thread that wants something else; null where the core has to be asked who runs.
internal sealed partial class Activation
{
    // Switches until it comes back, as Carry does now and then.
    private const int PlainPasses = 1000;

    private UserThread? RunPlainly(Scheduler scheduler, VirtualProcessor vp, UserThread thread)
    {
        if (scheduler.DirectQueue is { } queue && !vp.HandsOff && scheduler.MayGoOnPlainly(vp))
        {
            var last = RunDirectly(scheduler, queue, vp, thread);
            Running = null;
            return last;
        }
        try
        {
            return RunWhilePlain(scheduler, vp, thread);
        }
        catch (Exception exception) when (vp.Callback != PolicyCallback.None && exception is not (ThreadInterruptedException or AbandonedActivationException))
        {
            scheduler.EjectYielding(vp, exception);
            return null;
        }
    }

    // Nothing is caught here, so that everything stays in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private UserThread? RunWhilePlain(Scheduler scheduler, VirtualProcessor vp, UserThread thread)
    {
        for (var passes = PlainPasses; ; passes--)
        {
            thread = Run(thread);
            if (thread.Request > Request.Wait || passes == 0 || !scheduler.MayGoOnPlainly(vp)) return thread;
            var next = thread.Request == Request.Yield && !vp.Announced ? scheduler.Yield(vp, thread) : scheduler.CommitAndFindNext(vp, thread);
            if (next is null) return null;
            thread = next;
        }
    }

    // What RunWhilePlain asks each time is known here: nobody but the thread that runs and other OS threads (Attention) can change it,
    // and of what threads ask for only a wait can (SwitchDirectly). The queue is in a local, for it is dear to look up in a loop that
    // writes so much. Whoever calls it resets Running, which no policy can see meanwhile.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private UserThread? RunDirectly(Scheduler scheduler, ThreadQueue queue, VirtualProcessor vp, UserThread thread)
    {
        for (var passes = PlainPasses; passes > 0; passes--)
        {
            if (thread.Carrier != this)
            {
                // One that stands on another's stack goes on there.
                if (thread.OnStack) return null;
                thread.Carrier = this;
            }
            Running = thread;
            Leave();
            Scheduler.Resume(thread);
            Enter(thread);
            if (vp.Attention) return thread;
            if (thread.Request == Request.Yield)
            {
                thread = scheduler.YieldDirectly(queue, vp, thread);
            }
            else
            {
                if (thread.Request > Request.Wait) return thread;
                if (scheduler.SwitchDirectly(queue, vp, thread) is not { } next) return null;
                thread = next;
            }
        }
        return null;
    }
}
