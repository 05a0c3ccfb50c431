using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Exploration;

/// <summary>
/// What the threads of one run of a <see cref="RandomProgram"/> share, and what each step does. Beside each object
/// stands what must be true of it; a thread that finds it otherwise ends by an <see cref="InvariantException"/>.
/// </summary>
internal sealed class ProgramWorld(Port? port)
{
    private readonly UserMutex[] _mutexes = [new(), new(passesPriority: true), new()];
    private readonly UserThread?[] _holders = new UserThread?[3];
    private readonly UserReaderWriterLock _rwLock = new();
    private readonly UserSemaphore _semaphore = new(2, maximum: 2);
    private UserConditionVariable? _condition;
    private int _readers, _writers, _units;

    // The condition variable has a mutex of its own: one waits for it with nothing else in hand.
    private const int OfCondition = 2;

    private UserConditionVariable Condition => _condition ??= new UserConditionVariable(_mutexes[OfCondition]);

    /// <summary>A thread's whole life.</summary>
    public async UserTask RunAsync(ThreadContext t, IReadOnlyList<ProgramStep> steps)
    {
        var children = new List<UserThread>();
        foreach (var step in steps)
        {
            if (step.Kind == StepKind.Spawn) children.Add(t.Spawn(c => RunAsync(c, step.Inside!)));
            else await StepAsync(t, step);
        }
        foreach (var child in children) await t.Join(child);
    }

    private async UserTask StepsAsync(ThreadContext t, IReadOnlyList<ProgramStep> steps)
    {
        foreach (var step in steps) await StepAsync(t, step);
    }

    private async UserTask StepAsync(ThreadContext t, ProgramStep step)
    {
        var time = TimeSpan.FromMicroseconds(step.Number);
        switch (step.Kind)
        {
            case StepKind.Compute:
                await t.Compute(time);
                break;
            case StepKind.Yield:
                await t.Yield();
                break;
            case StepKind.Sleep:
                var due = t.Now + time;
                await t.Sleep(time);
                Check(t.Now >= due, t, "woke before its time");
                break;
            case StepKind.Read:
                await t.Read(port!);
                break;
            case StepKind.Prioritize:
                t.SetPriority(t.Thread, step.Number);
                if (FirstReady(t) is { } ready) t.SetPriority(ready, step.Number);
                break;
            case StepKind.Lock:
                await t.Lock(_mutexes[step.Number]);
                await HoldMutexAsync(t, step.Number, step.Inside!);
                break;
            case StepKind.LockWithin:
                if (await t.Lock(_mutexes[0], time)) await HoldMutexAsync(t, 0, step.Inside!);
                break;
            case StepKind.Share:
                await t.LockForReading(_rwLock);
                await ReadAsync(t, step.Inside!);
                break;
            case StepKind.Write:
                await t.LockForWriting(_rwLock);
                await WriteAsync(t, step.Inside!);
                break;
            case StepKind.WriteWithin:
                if (await t.LockForWriting(_rwLock, time)) await WriteAsync(t, step.Inside!);
                break;
            case StepKind.Hold:
                await t.Wait(_semaphore);
                await HoldUnitAsync(t, step.Inside!);
                break;
            case StepKind.Await:
                await AwaitAsync(t, time);
                break;
            case StepKind.Signal:
                t.Signal(Condition);
                break;
            case StepKind.Broadcast:
                t.Broadcast(Condition);
                break;
            case StepKind.Meet:
                await MeetAsync(t, step.Number);
                break;
            case StepKind.Count:
                await CountAsync(t, step.Number);
                break;
            case StepKind.Receive:
                await ReceiveAsync(t, step.Number);
                break;
            case StepKind.Cancel:
                await CancelAsync(t, step.Inside!);
                break;
            default:
                throw new InvalidOperationException($"{step.Kind} stands at the outermost level only.");
        }
    }

    private async UserTask HoldMutexAsync(ThreadContext t, int mutex, IReadOnlyList<ProgramStep> inside)
    {
        try
        {
            Enter(t, mutex);
            await StepsAsync(t, inside);
            Leave(t, mutex);
        }
        finally
        {
            if (_holders[mutex] == t.Thread) _holders[mutex] = null;
            t.Unlock(_mutexes[mutex]);
        }
    }

    private async UserTask ReadAsync(ThreadContext t, IReadOnlyList<ProgramStep> inside)
    {
        _readers++;
        try
        {
            Check(_writers == 0, t, "reads while another thread writes");
            await StepsAsync(t, inside);
            Check(_writers == 0, t, "reads while another thread writes");
        }
        finally
        {
            _readers--;
            t.Unlock(_rwLock);
        }
    }

    private async UserTask WriteAsync(ThreadContext t, IReadOnlyList<ProgramStep> inside)
    {
        _writers++;
        try
        {
            Check(_writers == 1 && _readers == 0, t, "writes while another thread reads or writes");
            await StepsAsync(t, inside);
            Check(_writers == 1 && _readers == 0, t, "writes while another thread reads or writes");
        }
        finally
        {
            _writers--;
            t.Unlock(_rwLock);
        }
    }

    private async UserTask HoldUnitAsync(ThreadContext t, IReadOnlyList<ProgramStep> inside)
    {
        _units++;
        try
        {
            Check(_units <= 2, t, "holds the third of a semaphore's two units");
            await StepsAsync(t, inside);
        }
        finally
        {
            _units--;
            t.Release(_semaphore);
        }
    }

    private async UserTask AwaitAsync(ThreadContext t, TimeSpan time)
    {
        await t.Lock(_mutexes[OfCondition]);
        try
        {
            Enter(t, OfCondition);
            _holders[OfCondition] = null;
            await t.Wait(Condition, time);
            Enter(t, OfCondition);
        }
        finally
        {
            if (_holders[OfCondition] == t.Thread) _holders[OfCondition] = null;
            t.Unlock(_mutexes[OfCondition]);
        }
    }

    private static async UserTask MeetAsync(ThreadContext t, int participants)
    {
        var barrier = new UserBarrier(participants);
        var (come, last) = (0, 0);
        async UserTask ComeAsync(ThreadContext c)
        {
            come++;
            if (await c.Wait(barrier)) last++;
            Check(come == participants, c, "passed a barrier before all had come");
        }
        var others = Enumerable.Range(1, participants - 1).Select(_ => t.Spawn(ComeAsync)).ToList();
        await ComeAsync(t);
        foreach (var other in others) await t.Join(other);
        t.Destroy(barrier);
        Check(last == 1, t, $"saw {last} threads pass a barrier as the last to come");
    }

    private static async UserTask CountAsync(ThreadContext t, int count)
    {
        var latch = new UserLatch(count);
        var counted = 0;
        var others = Enumerable.Range(0, count).Select(i => t.Spawn(async c =>
        {
            await c.Compute(TimeSpan.FromMicroseconds(20 * i));
            counted++;
            c.CountDown(latch);
        })).ToList();
        await t.Wait(latch);
        Check(counted == count, t, "passed a latch that was not open");
        foreach (var other in others) await t.Join(other);
        t.Destroy(latch);
    }

    private static async UserTask ReceiveAsync(ThreadContext t, int items)
    {
        // From one that meets every send with a receive to one that holds two items.
        var channel = new UserChannel<(int Sender, int Item)>(items % 3);
        var senders = Enumerable.Range(0, 2).Select(sender => t.Spawn(async c =>
        {
            for (var item = 0; item < items; item++) await c.Send(channel, (sender, item));
        })).ToList();
        var next = new int[2];
        for (var i = 0; i < 2 * items; i++)
        {
            var (sender, item) = await t.Receive(channel);
            Check(item == next[sender]++, t, "received items in another order than that in which they were sent");
        }
        Check(!t.TryReceive(channel, out _), t, "received more items than were sent");
        foreach (var sender in senders) await t.Join(sender);
    }

    private async UserTask CancelAsync(ThreadContext t, IReadOnlyList<ProgramStep> inside)
    {
        var child = t.Spawn(c => StepsAsync(c, inside));
        await t.Yield();
        t.TryCancel(child);
        try { await t.Join(child); }
        catch (UserThreadCancelledException) { }
        Check(child.State == UserThreadState.Finished, t, "has joined a thread that had not ended");
    }

    private static UserThread? FirstReady(ThreadContext t)
    {
        using var core = new InCore(t.Thread);
        return t.Thread.Scheduler.Live.FirstOrDefault(thread => thread.State == UserThreadState.Ready);
    }

    private void Enter(ThreadContext t, int mutex)
    {
        Check(_mutexes[mutex].Owner == t.Thread, t, "has locked a mutex and does not own it");
        Check(_holders[mutex] is null, t, $"has locked a mutex that {_holders[mutex]?.Name} holds");
        _holders[mutex] = t.Thread;
    }

    private void Leave(ThreadContext t, int mutex) =>
        Check(_mutexes[mutex].Owner == t.Thread && _holders[mutex] == t.Thread, t, $"held a mutex that {_mutexes[mutex].Owner?.Name ?? "nobody"} owns by now");

    private static void Check(bool holds, ThreadContext t, string otherwise)
    {
        if (!holds) throw new InvariantException($"{t.Thread.Name} {otherwise}.");
    }
}
