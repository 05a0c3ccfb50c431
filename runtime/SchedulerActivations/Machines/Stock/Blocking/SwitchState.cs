namespace SchedulerActivations.Machines.Stock;

/// <summary>What the kernel last recorded about an OS thread.</summary>
internal enum SwitchKind
{
    /// <summary>It has a processor.</summary>
    Running,

    /// <summary>It lost its processor although it could have gone on.</summary>
    Preempted,

    /// <summary>It gave its processor up, to wait in the kernel.</summary>
    Blocked,
}

/// <summary>One reading of a <see cref="SwitchRecorder"/>.</summary>
/// <param name="Kind">What the thread has been doing since <paramref name="Since"/>.</param>
/// <param name="Since">CLOCK_MONOTONIC, nanoseconds: comparable to <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> on Linux.</param>
/// <param name="Episode">
/// How often the thread has left its processor so far. Two readings that are both Blocked and carry the same
/// episode speak of one and the same block.
/// </param>
internal readonly record struct SwitchState(SwitchKind Kind, long Since, long Episode)
{
    public bool IsBlocked => Kind == SwitchKind.Blocked;
}
