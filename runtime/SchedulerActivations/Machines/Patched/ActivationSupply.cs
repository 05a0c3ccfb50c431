using System.Diagnostics.CodeAnalysis;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Machines.Patched;

/// <summary>
/// Makes activations: before the run as many as its threads are likely to need, and during the run on a thread of its
/// own, for an upcall must not wait for a thread's start.
/// </summary>
/// <remarks>
/// Each virtual processor has spares of its own, which the kernel counts. No thread's code runs while there is none: what it
/// blocked on would stop the virtual processor, and nothing that comes later could take over.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Activations still use the gate when the run is over.")]
internal sealed class ActivationSupply(PatchedKernel kernel)
{
    private const int InStore = 4, MostAtOnce = 256;

    // How long a virtual processor without a spare waits until it looks again: a spare says that it comes just before it is one.
    private const long LookAgain = 100_000;

    private readonly ManualResetEventSlim _gate = new();
    private readonly Wakeup _wanted = new();
    private readonly Wakeup[] _arrived = [.. kernel.Scheduler.VirtualProcessors.Select(_ => new Wakeup())];
    private readonly CountdownEvent _made = new(1);

    // Those that have been made and are not spares yet.
    private readonly int[] _coming = new int[kernel.Scheduler.VirtualProcessors.Count];
    private int _number;
    private volatile bool _closed;

    /// <summary>Makes what a run with so many threads begins with, each of which can hold an activation.</summary>
    public void Prepare(int threads)
    {
        for (var vp = 0; vp < _coming.Length; vp++) Make(vp, (Math.Min(threads, MostAtOnce) / _coming.Length) + 1 + InStore);
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

    /// <summary>A new activation has been prepared: waits for the run to begin if it has not, and is about to become a spare.</summary>
    public void Arrive(int vp)
    {
        if (!_gate.IsSet)
        {
            _made.Signal();
            _gate.Wait();
        }
        Interlocked.Decrement(ref _coming[vp]);
        _arrived[vp].Set();
    }

    /// <summary>An upcall has begun on a virtual processor with so many spares: are there enough for the next ones?</summary>
    public void Check(int vp, int spares)
    {
        if (spares + Volatile.Read(ref _coming[vp]) < InStore) _wanted.Set();
    }

    /// <summary>Waits until the virtual processor has a spare. Called by its carrier, the lock set: what is stopped runs meanwhile.</summary>
    public unsafe void AwaitSpare(int vp)
    {
        var page = kernel.PageOf(vp);
        while (Volatile.Read(ref page->Spares) == 0 && !kernel.Over)
        {
            Check(vp, 0);
            _arrived[vp].Wait(LookAgain);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps threads from being made ends the run, which says so.")]
    private unsafe void Refill()
    {
        try
        {
            while (true)
            {
                _wanted.Wait();
                if (_closed) return;
                for (var vp = 0; vp < _coming.Length; vp++)
                    if (kernel.PageOf(vp)->Spares + Volatile.Read(ref _coming[vp]) < InStore) Make(vp, Math.Clamp(_number / 4, InStore, MostAtOnce));
            }
        }
        catch (Exception exception)
        {
            kernel.Fail(exception);
        }
    }

    private void Make(int vp, int count)
    {
        if (!_gate.IsSet) _made.AddCount(count);
        Interlocked.Add(ref _coming[vp], count);
        for (var i = 0; i < count; i++) Activation.Start(kernel, ++_number, vp);
    }
}
