namespace SchedulerActivations.Experiments.Workers;

/// <summary>
/// A place in a VM at which there is always a worker: as soon as one has ended, the guest's loop starts another, which rehearses
/// its run (Rehearsal in the worker's program) and waits at the slot's virtio-serial port.
/// </summary>
/// <remarks>REQUIRES: written by its VM, under the lock for all VMs.</remarks>
/// <param name="number">Its number in its VM.</param>
/// <param name="socket">The host's end of its port.</param>
internal sealed class WorkerSlot(int number, string socket)
{
    private volatile TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Number => number;

    public string Socket => socket;

    /// <summary>The guest's number of the worker's process; null until it has begun.</summary>
    public string? Process { get; set; }

    /// <summary>Which of its VM's workers it is.</summary>
    public int Began { get; set; }

    /// <summary>The worker, once a run has it.</summary>
    public GuestWorker? Worker { get; set; }

    /// <summary>Whether its worker has been sent a SIGSTOP and no SIGCONT after it.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Ends when a worker waits that has nothing left to prepare.</summary>
    public Task Prepared => _prepared.Task;

    /// <summary>Whether its worker still prepares.</summary>
    public bool Prepares => Process is not null && Worker is null && !Prepared.IsCompleted;

    public void BecomePrepared() => _prepared.TrySetResult();

    /// <summary>Its worker has ended; answers with it if a run had it.</summary>
    public GuestWorker? BecomeEmpty()
    {
        // One that died in its preparation leaves it to the next: whoever waits goes on waiting.
        if (Prepared.IsCompleted) _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var worker = Worker;
        (Process, Worker, IsStopped) = (null, null, false);
        return worker;
    }
}
