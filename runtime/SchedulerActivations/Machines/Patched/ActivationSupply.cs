using System.Diagnostics.CodeAnalysis;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Machines.Patched;

/// <summary>
/// Makes activations: before the run as many as its threads are likely to need, and during the run on a thread of its
/// own, for an upcall must not wait for a thread's start.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Activations still use the gate when the run is over.")]
internal sealed class ActivationSupply(PatchedKernel kernel)
{
    private const int InStore = 4, MostAtOnce = 256;

    private readonly ManualResetEventSlim _gate = new();
    private readonly Wakeup _wanted = new();
    private readonly CountdownEvent _made = new(1);
    private int _number;
    private int _spares;
    private volatile bool _closed;

    /// <summary>Makes what a run with so many threads begins with, each of which can hold an activation.</summary>
    public void Prepare(int threads)
    {
        Make(Math.Min(threads, MostAtOnce) + kernel.Scheduler.VirtualProcessors.Count + InStore);
        _made.Signal();
        _made.Wait();
        new Thread(Refill) { IsBackground = true, Name = "activation supply" }.Start();
    }

    /// <summary>The run begins: activations offer themselves to the kernel.</summary>
    public void Open() => _gate.Set();

    public void Close()
    {
        _closed = true;
        _wanted.Set();
    }

    /// <summary>A new activation has been prepared and waits for the run to begin.</summary>
    public void AwaitOpening()
    {
        if (_gate.IsSet) return;
        _made.Signal();
        _gate.Wait();
    }

    /// <summary>An activation offers itself to any virtual processor, or is taken.</summary>
    public void Count(int change) => Interlocked.Add(ref _spares, change);

    /// <summary>An upcall has begun on a virtual processor with so many spares of its own: are there enough for the next ones?</summary>
    public void Check(int own)
    {
        if (own + Volatile.Read(ref _spares) < InStore) _wanted.Set();
    }

    private void Refill()
    {
        while (true)
        {
            _wanted.Wait();
            if (_closed) return;
            Make(Math.Clamp(_number / 4, InStore, MostAtOnce));
        }
    }

    private void Make(int count)
    {
        if (!_gate.IsSet) _made.AddCount(count);
        for (var i = 0; i < count; i++) Activation.Start(kernel, ++_number);
    }
}
