using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Benchmarks;

// Trees of threads.
internal static partial class Workloads
{
    private static async UserTask Sumtime(ThreadContext t, int n)
    {
        var all = t.Spawn(new Range(0, n));
        await t.Join(all);
        if (all.Sum != (long)n * (n - 1) / 2) throw new InvalidOperationException("wrong sum");
    }

    // The paper's sumtime (marcel/examples/sumtime.c in PM2): a thread for each half, down to the single numbers, 2n - 1 threads in all.
    private sealed class Range(int from, int to) : UserThread
    {
        private long _sum;

        public long Sum => to - from == 1 ? from : _sum;

        protected internal override UserTask Run(ThreadContext t) => to - from == 1 ? default : Add(t);

        private async UserTask Add(ThreadContext t)
        {
            var middle = (from + to) / 2;
            var (left, right) = (t.Spawn(new Range(from, middle)), t.Spawn(new Range(middle, to)));
            await t.Join(left);
            await t.Join(right);
            _sum = left.Sum + right.Sum;
        }
    }

    // Twenty microseconds of computing at every leaf: what a second virtual processor can take over.
    private static async UserTask ComputingSumtime(ThreadContext t, int leaves)
    {
        if (leaves == 1)
        {
            await t.Compute(TimeSpan.FromMicroseconds(20));
            return;
        }
        var thread = t.Spawn(u => ComputingSumtime(u, leaves / 2));
        await ComputingSumtime(t, leaves - (leaves / 2));
        await t.Join(thread);
    }

    // https://github.com/atemerev/skynet: ten children each, down to the leaves.
    private static async UserTask Skynet(ThreadContext t)
    {
        var all = t.Spawn(new Node(0, 1_000_000));
        await t.Join(all);
        if (all.Total != 499_999_500_000) throw new InvalidOperationException("wrong sum");
    }

    private sealed class Node(long number, int size) : UserThread
    {
        private long _total;

        public long Total => size == 1 ? number : _total;

        protected internal override UserTask Run(ThreadContext t) => size == 1 ? default : Add(t);

        private async UserTask Add(ThreadContext t)
        {
            var children = new Node[10];
            for (var i = 0; i < 10; i++) children[i] = t.Spawn(new Node(number + (i * (size / 10)), size / 10));
            var total = 0L;
            foreach (var child in children)
            {
                await t.Join(child);
                total += child.Total;
            }
            _total = total;
        }
    }
}
