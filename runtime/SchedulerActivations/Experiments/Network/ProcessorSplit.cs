using System.Globalization;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Experiments.Network;

/// <summary>
/// Divides the computer's processors between a server and its clients: all OS threads of this process keep to as many as
/// the run has virtual processors, until this is disposed; the clients' threads have the others. Without it a server
/// would be as good as the clients leave room for, and threads blocked in the kernel would return on a processor that
/// the policy does not know of.
/// </summary>
internal sealed partial class ProcessorSplit : IDisposable
{
    private readonly ulong[] _all = new ulong[16], _clients = new ulong[16];

    public ProcessorSplit(int virtualProcessors)
    {
        var server = new ulong[16];
        if (GetAffinity(0, MaskBytes, _all) < 0) return;
        var taken = 0;
        for (var processor = 0; processor < 64 * _all.Length; processor++)
        {
            var bit = 1UL << (processor % 64);
            if ((_all[processor / 64] & bit) == 0) continue;
            (taken++ < virtualProcessors ? server : _clients)[processor / 64] |= bit;
        }
        IsSplit = taken > virtualProcessors;
        if (IsSplit) SetAll(server);
    }

    private static nint MaskBytes => 16 * sizeof(ulong);

    /// <summary>Whether the clients have a processor of their own.</summary>
    public bool IsSplit { get; }

    /// <summary>The calling OS thread is a client's.</summary>
    public void EnterClients()
    {
        if (IsSplit) _ = SetAffinity(0, MaskBytes, _clients);
    }

    /// <summary>Gives all threads all processors back.</summary>
    public void Dispose()
    {
        if (IsSplit) SetAll(_all);
    }

    // Threads that are made later inherit from their maker; one that ends meanwhile is no loss.
    private static void SetAll(ulong[] mask)
    {
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
            _ = SetAffinity(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), MaskBytes, mask);
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static partial int GetAffinity(int thread, nint size, [Out] ulong[] mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nint size, ulong[] mask);
}
