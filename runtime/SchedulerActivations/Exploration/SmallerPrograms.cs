namespace SchedulerActivations.Exploration;

/// <summary>Programs that are one change smaller than another one.</summary>
internal static class SmallerPrograms
{
    private static readonly int[] _numbers = [2, 10, 100, 700, 3000];

    /// <summary>The smallest programs that there are, in order of size: up to two steps, by one thread or by two.</summary>
    public static IEnumerable<IReadOnlyList<ProgramThread>> Smallest()
    {
        int[] short2 = [2], long2 = [2, 3000], both = [0, 1], none = [0];
        var steps = Enum.GetValues<StepKind>().SelectMany(kind => (kind switch
        {
            StepKind.Compute => long2,
            StepKind.Sleep or StepKind.LockWithin or StepKind.WriteWithin or StepKind.Await or StepKind.Meet or StepKind.Count or StepKind.Receive => short2,
            StepKind.Lock or StepKind.Prioritize => both,
            _ => none,
        }).Select(number => new ProgramStep(kind, number, RandomProgram.HasInside(kind) ? [] : null))).ToList();
        yield return [Thread()];
        foreach (var step in steps) yield return [Thread(step)];
        foreach (var step in steps) yield return [Thread(step), Thread()];
        foreach (var (first, second) in steps.SelectMany(first => steps.Select(second => (first, second))))
        {
            yield return [Thread(first), Thread(second)];
            yield return [Thread(first, second)];
        }

        static ProgramThread Thread(params ProgramStep[] steps) => new(0, steps);
    }

    public static IEnumerable<IReadOnlyList<ProgramThread>> Of(IReadOnlyList<ProgramThread> threads)
    {
        for (var i = 0; i < threads.Count && threads.Count > 1; i++) yield return [.. threads.Where((_, place) => place != i)];
        for (var i = 0; i < threads.Count; i++)
        {
            var thread = threads[i];
            foreach (var steps in Of(thread.Steps)) yield return With(i, thread with { Steps = steps });
            // A thread that is made later may as well be there from the start.
            for (var j = 0; j < thread.Steps.Count; j++)
                if (thread.Steps[j] is { Kind: StepKind.Spawn, Inside: { } inside })
                    yield return [.. With(i, thread with { Steps = [.. thread.Steps.Where((_, place) => place != j)] }), new ProgramThread(thread.Priority, inside)];
            if (thread.Priority != 0) yield return With(i, thread with { Priority = 0 });
        }

        IReadOnlyList<ProgramThread> With(int place, ProgramThread thread) => [.. threads.Select((each, i) => i == place ? thread : each)];
    }

    private static IEnumerable<IReadOnlyList<ProgramStep>> Of(IReadOnlyList<ProgramStep> steps)
    {
        if (steps.Count > 1) yield return [];
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            yield return With(i);
            // Times become shorter, crowds smaller.
            foreach (var number in _numbers)
                if (number < step.Number) yield return With(i, step with { Number = number });
            if (step.Inside is not { } inside) continue;
            // What stands inside may stand outside too.
            yield return With(i, [.. inside]);
            foreach (var smaller in Of(inside)) yield return With(i, step with { Inside = smaller });
        }

        IReadOnlyList<ProgramStep> With(int place, params ProgramStep[] instead) => [.. steps.Take(place), .. instead, .. steps.Skip(place + 1)];
    }
}
