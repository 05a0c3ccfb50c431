namespace SchedulerActivations.CoreThreads;

/// <summary>How a wait ended.</summary>
internal enum WaitOutcome : byte
{
    /// <summary>The thread has what it waited for.</summary>
    Taken,
    /// <summary>It had waited as long as it wanted to.</summary>
    TimedOut,
    /// <summary>It was cancelled.</summary>
    Cancelled,
    /// <summary>What it waited for was destroyed between its two looks at it.</summary>
    Destroyed,
    /// <summary>It was let go with the others by the last one to come (a barrier).</summary>
    Released,
}
