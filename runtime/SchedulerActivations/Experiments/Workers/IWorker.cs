namespace SchedulerActivations.Experiments.Workers;

/// <summary>A worker that was started for one run: a process here or in a VM. Disposing of it surely ends it.</summary>
internal interface IWorker : IAsyncDisposable
{
    /// <summary>The process on this computer that carries it.</summary>
    int Id { get; }

    /// <summary>What the worker reads.</summary>
    Stream Input { get; }

    /// <summary>What the worker writes.</summary>
    Stream Output { get; }

    /// <summary>Ends it by force; the first reason given is the one that is reported.</summary>
    void Kill(string because);

    /// <summary>Says why the conversation with the worker broke off. It may take <paramref name="bound"/> for its end to be seen.</summary>
    Task<WorkerException> ExplainAsync(TimeSpan bound, Exception cause);
}
