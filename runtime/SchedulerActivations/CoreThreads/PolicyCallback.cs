namespace SchedulerActivations.CoreThreads;

/// <summary>The members of a policy that the core calls.</summary>
internal enum PolicyCallback : byte
{
    None,
    OnCreated,
    OnReady,
    FindNextToRun,
    ShouldPreempt,
    Quantum,
    OnRan,
    OnBlocked,
    OnFinished,
    OnPriorityChanged,
}
