using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Exploration;

/// <summary>
/// Checks a policy, and the core thread system under it, under many schedules: the real core runs on the simulated
/// kernel, which goes on in an order that is chosen wherever a real kernel could go on in several. Each schedule with
/// its workload and its number of virtual processors follows from a seed. When a rule is broken, the shortest run that
/// breaks it is looked for, and given back as an ordinary experiment.
/// </summary>
/// <remarks>
/// What is explored: which virtual processor goes next; when, where and in which order events arrive, several in one
/// upcall included; when timers and quanta fire; what happens between two operations of a thread, and between its
/// request and the serving of it. What is not: two virtual processors inside the core at the same instant (the core's
/// lock forbids it), and the memory order of real processors.
/// </remarks>
internal sealed class Explorer
{
    // Random programs end by themselves long before.
    private static readonly TimeSpan _enough = TimeSpan.FromSeconds(60);

    private readonly PolicyCheck _check;
    private readonly ComponentCatalog _components;
    private readonly IProgress<CheckProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly Experiment _experiment;
    private readonly Stopwatch _sinceReport = Stopwatch.StartNew();

    // The run that goes on; another OS thread looks at it where a callback hangs.
    private volatile ExploredRun? _current;
    private ulong _seed;
    private int _tried;

    // The smallest run that breaks a rule, and how it does.
    private ExploredRun? _smallest;
    private Verdict? _verdict;
    private bool _isShortened;

    private Explorer(PolicyCheck check, ComponentCatalog components, IProgress<CheckProgress>? progress, CancellationToken cancellation)
    {
        (_check, _components, _progress, _cancellation) = (check, components, progress, cancellation);
        _experiment = new Experiment
        {
            Policy = check.Policy,
            Workload = check.Workload ?? components.Describe(new RandomProgram()),
            Machine = new SimulatedMachine(),
            Duration = check.Workload is null ? _enough : check.Duration,
        };
    }

    /// <summary>Makes a check on the calling thread.</summary>
    public static CheckResult Check(PolicyCheck check, ComponentCatalog components, IProgress<CheckProgress>? progress, CancellationToken cancellation) =>
        new Explorer(check, components, progress, cancellation).Check();

    private CheckResult Check()
    {
        var hang = SimulationThread.Run(Explore, () => _current?.Kernel, _cancellation);
        if (hang is not null && _verdict is null)
        {
            // Not made smaller: each try would cost a second and leave one more OS thread behind.
            _smallest = _current;
            _verdict = new Verdict(nameof(PolicyRule.Returns), "A callback does not return.", null);
        }
        return new CheckResult(_check, _tried, _verdict is null ? null : Describe(_smallest!, _verdict));
    }

    private void Explore()
    {
        for (; _tried < _check.Schedules && _verdict is null; Report())
        {
            _seed = _check.Seed + (ulong)_tried++;
            var random = Seeded.Apart(_seed);
            var program = _check.Workload is null ? RandomProgram.Make(random) : null;
            var processors = _check.VirtualProcessors[random.Next(_check.VirtualProcessors.Count)];
            // From runs in the simulation's own order to those that hardly keep to it.
            double[] deviating = [0, 0.02, 0.1, 0.4];
            Keep(Run(new Candidate(program, processors, _experiment.Duration, new Schedule("")), new RandomChoices(random.Next(), deviating[random.Next(deviating.Length)])));
        }
        if (_verdict is null) return;
        var smallest = new Shrinker(Fails).Shrink(_smallest!.Candidate);
        Keep(Run(smallest, new ReplayedChoices(smallest.Schedule)));
        _isShortened = true;
    }

    private Candidate? Fails(Candidate candidate, Choices choices)
    {
        Report();
        var verdict = Run(candidate, choices);
        return verdict?.IsLike(_verdict!) == true ? _current!.Candidate : null;
    }

    private Verdict? Run(Candidate candidate, Choices choices)
    {
        var experiment = _experiment with { VirtualProcessors = candidate.VirtualProcessors, Duration = candidate.Duration, Seed = _seed };
        var run = new ExploredRun(experiment, _components, candidate.Program, choices);
        _current = run;
        return run.Run(_cancellation);
    }

    private void Keep(Verdict? verdict)
    {
        if (verdict is not null) (_smallest, _verdict) = (_current, verdict);
    }

    // The shortest run once more, as anybody can make it.
    private BrokenRule Describe(ExploredRun shortest, Verdict verdict)
    {
        var experiment = shortest.Experiment with
        {
            Workload = shortest.Program is null ? _experiment.Workload : _components.Describe(shortest.Program),
            Machine = new SimulatedMachine { Schedule = shortest.Choices.Schedule },
        };
        var run = experiment.Machine.Run(experiment, _components, new RunControl(), null, _cancellation);
        var (cell, line) = run.Ejection is { } ejection ? (ejection.Cell, ejection.Line)
            : verdict.Callback is { } callback ? PolicySource.Locate(_components.Create<SchedulingPolicy>(experiment.Policy).GetType(), callback, null)
            : (null, null);
        return new BrokenRule(verdict.Rule, run.Ejection?.Message ?? verdict.Message, cell, line, _seed, shortest.Choices.Explanations, run) { IsShortened = _isShortened };
    }

    private void Report()
    {
        if (_progress is null || _sinceReport.ElapsedMilliseconds < 200) return;
        _sinceReport.Restart();
        _progress.Report(new CheckProgress(_tried, _check.Schedules, _verdict is not null));
    }
}
