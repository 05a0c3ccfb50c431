// The peer "task": tasks on .NET's thread pool; the driver sets DOTNET_PROCESSOR_COUNT=1, so that the pool has one
// thread where nothing blocks. One workload a process; prints one line of JSON.
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

// So many repetitions that the compiler has done its best before the last of them, as with ours.
const int UntilWarm = 60;

var name = args[0];
(string Unit, double Value) measured = name switch
{
    "yield" => ("ns", await Best(UntilWarm, 1e6, () => Together(2, () => Yields(500_000)))),
    "ping-pong" => ("ns", await Best(UntilWarm, 2e5, () => PingPong(100_000))),
    "mutex" => ("ns", await Best(UntilWarm, 2e6, () => Locks(2_000_000))),
    "mutex-contended" => ("ns", await Best(UntilWarm, 2e5, Contended)),
    "create-join" => ("ns", await Best(UntilWarm, 2e5, () => CreateJoin(200_000))),
    "sumtime-2000" => ("ms", await Best(3000, 1e6, () => Sumtime(2_000))),
    "sumtime-100000" => ("ms", await Best(UntilWarm, 1e6, () => Sumtime(100_000))),
    "sumtime-1000000" => ("ms", await Best(3, 1e6, () => Sumtime(1_000_000))),
    "skynet-1000000" => ("ms", await Best(10, 1e6, () => Skynet(0, 1_000_000))),
    "sleeping-thread-bytes" => ("bytes", await SleepingBytes(200_000)),
    _ => throw new ArgumentException($"There is no workload '{name}'."),
};
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"name":"{{name}}","peer":"task","unit":"{{measured.Unit}}","value":{{measured.Value}}}"""));

// The best of several repetitions: the one that the machine's other load disturbed least. All peers do the same.
static async Task<double> Best(int repetitions, double operations, Func<Task> run)
{
    var least = double.MaxValue;
    for (var i = 0; i < repetitions; i++)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.Run(run);
        least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
    }
    return least / operations;
}

static Task Together(int count, Func<Task> body) => Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(body)));

static async Task Yields(int count)
{
    for (var i = 0; i < count; i++) await Task.Yield();
}

static async Task PingPong(int rounds)
{
    var there = Channel.CreateBounded<int>(1);
    var back = Channel.CreateBounded<int>(1);
    var echo = Task.Run(async () =>
    {
        for (var i = 0; i < rounds; i++) await back.Writer.WriteAsync(await there.Reader.ReadAsync());
    });
    for (var i = 0; i < rounds; i++)
    {
        await there.Writer.WriteAsync(i);
        await back.Reader.ReadAsync();
    }
    await echo;
}

static async Task Locks(int count)
{
    using var mutex = new SemaphoreSlim(1);
    for (var i = 0; i < count; i++)
    {
        await mutex.WaitAsync();
        mutex.Release();
    }
}

static async Task Contended()
{
    using var mutex = new SemaphoreSlim(1);
    await Together(4, async () =>
    {
        for (var i = 0; i < 50_000; i++)
        {
            await mutex.WaitAsync();
            await Task.Yield();
            mutex.Release();
        }
    });
}

static async Task CreateJoin(int count)
{
    for (var i = 0; i < count; i++) await Task.Run(() => { });
}

static async Task Sumtime(long n)
{
    if (await Sum(0, n) != n * (n - 1) / 2) throw new InvalidOperationException("wrong sum");
}

// The paper's sumtime: a thread for each half, down to the single numbers, 2n - 1 threads in all.
static async Task<long> Sum(long from, long to)
{
    if (to - from == 1) return from;
    var middle = (from + to) / 2;
    var left = Task.Run(() => Sum(from, middle));
    var right = Task.Run(() => Sum(middle, to));
    return await left + await right;
}

// https://github.com/atemerev/skynet: ten children each, down to the leaves.
static async Task<long> Skynet(long number, int size)
{
    if (size == 1) return number;
    var children = new Task<long>[10];
    for (var i = 0; i < 10; i++)
    {
        var first = number + (i * (size / 10));
        children[i] = Task.Run(() => Skynet(first, size / 10));
    }
    var total = 0L;
    foreach (var child in children) total += await child;
    return total;
}

static async Task<double> SleepingBytes(int count)
{
    var before = Resident();
    var sleepers = new Task[count];
    for (var i = 0; i < count; i++) sleepers[i] = Sleeper();
    await Task.Delay(200);
    var bytes = (double)(Resident() - before) / count;
    GC.KeepAlive(sleepers);
    return bytes;

    static async Task Sleeper() => await Task.Delay(TimeSpan.FromHours(1));
}

static long Resident()
{
    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    return long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
