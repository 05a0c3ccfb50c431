using System.Globalization;

namespace SchedulerActivations.Exploration;

/// <summary>What a thread of a <see cref="RandomProgram"/> does. Locks are held for the steps inside and given back whatever happens.</summary>
public enum StepKind
{
    /// <summary>Computes for so many microseconds.</summary>
    Compute,
    /// <summary>Yields.</summary>
    Yield,
    /// <summary>Sleeps for so many microseconds.</summary>
    Sleep,
    /// <summary>Reads the port, blocking in the kernel.</summary>
    Read,
    /// <summary>Takes on a priority, and gives it to a thread that is ready, if there is one.</summary>
    Prioritize,
    /// <summary>Holds a mutex: number 0 is a plain one, number 1 passes priorities on.</summary>
    Lock,
    /// <summary>Holds the plain mutex if it gets it within so many microseconds.</summary>
    LockWithin,
    /// <summary>Holds the reader-writer lock for reading.</summary>
    Share,
    /// <summary>Holds the reader-writer lock for writing.</summary>
    Write,
    /// <summary>Holds the reader-writer lock for writing if it gets it within so many microseconds.</summary>
    WriteWithin,
    /// <summary>Holds one of the semaphore's two units.</summary>
    Hold,
    /// <summary>Waits for a signal to the condition variable, for so many microseconds.</summary>
    Await,
    /// <summary>Signals the condition variable.</summary>
    Signal,
    /// <summary>Signals the condition variable to all.</summary>
    Broadcast,
    /// <summary>Passes a barrier together with so many threads made for it.</summary>
    Meet,
    /// <summary>Waits at a latch for so many threads made for it.</summary>
    Count,
    /// <summary>Receives so many items from each of two threads made for it, through a channel.</summary>
    Receive,
    /// <summary>Makes a thread that takes the steps inside; it is joined at the end.</summary>
    Spawn,
    /// <summary>Makes a thread that takes the steps inside, cancels it and joins it.</summary>
    Cancel,
}

/// <summary>One step of a thread of a <see cref="RandomProgram"/>.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Number">With what number, as <see cref="StepKind"/> says.</param>
/// <param name="Inside">The steps inside; null for those that have none.</param>
public sealed record ProgramStep(StepKind Kind, int Number = 0, IReadOnlyList<ProgramStep>? Inside = null)
{
    /// <summary>The step as a line: <c>lock 0 { compute 100; yield }</c>.</summary>
    public override string ToString()
    {
        var number = Kind is StepKind.Yield or StepKind.Read or StepKind.Share or StepKind.Write or StepKind.Hold or StepKind.Signal or StepKind.Broadcast or StepKind.Spawn or StepKind.Cancel
            ? "" : " " + Number.ToString(CultureInfo.InvariantCulture);
        return Kind.ToString().ToLowerInvariant() + number + (Inside is null ? "" : $" {{ {string.Join("; ", Inside)} }}");
    }
}

/// <summary>A thread of a <see cref="RandomProgram"/> that exists from the start.</summary>
/// <param name="Priority">Its priority.</param>
/// <param name="Steps">What it does.</param>
public sealed record ProgramThread(int Priority, IReadOnlyList<ProgramStep> Steps)
{
    /// <summary>The thread as a line.</summary>
    public override string ToString() => $"priority {Priority.ToString(CultureInfo.InvariantCulture)}: {(Steps.Count == 0 ? "nothing" : string.Join("; ", Steps))}";
}
