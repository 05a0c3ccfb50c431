namespace SchedulerActivations.Notebook;

/// <summary>What a compiled cell defines.</summary>
public enum CellKind
{
    /// <summary>Scheduling policies (<c>#!policy</c>).</summary>
    Policy,

    /// <summary>Workloads (<c>#!workload</c>).</summary>
    Workload,
}
