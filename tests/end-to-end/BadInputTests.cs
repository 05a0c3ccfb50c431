using SchedulerActivations.Tests;

namespace SchedulerActivations.EndToEnd.Tests;

/// <summary>What a person gets wrong, from the notebook's first cell to the message: it names the cell and the line and says what to do.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly LabFolder _folder = new();

    private const string Workload = """
        #!workload
        public sealed class Two : Workload
        {
            protected override void Define(WorkloadDefinition w) => w.Threads("compute", 2, async t => { for (var i = 0; i < 50; i++) { await t.Compute(TimeSpan.FromMilliseconds(1)); await t.Yield(); } });
        }
        """;

    private static string Policy(string onReady = "_ready.Enqueue(thread);", string find = "return _ready.Dequeue();") => $$"""
        #!policy
        public sealed class Mine : SchedulingPolicy
        {
            private readonly ThreadQueue _ready = new();
            private UserThread? _last;
            protected override void OnReady(UserThread thread, ReadyReason reason)
            {
                {{onReady}}
            }
            protected override UserThread? FindNextToRun(VirtualProcessor vp)
            {
                {{find}}
            }
            protected override void OnFinished(UserThread thread) => _last = thread;
        }
        """;

    private const string Run = "await Lab.RunAsync(new Mine(), new Two(), Machines.MACHINE, duration: TimeSpan.FromSeconds(5))";

    private async Task<(int Status, string Said)> RunCellsAsync(params string[] cells)
    {
        _folder.Write("notebook.ipynb", TestNotebook.Of(cells));
        var ended = await _folder.RunAsync(LabFolder.Program, "run", "notebook.ipynb");
        return (ended.ExitCode, ended.Output + ended.Error);
    }

    [Fact]
    public async Task A_policy_that_does_not_compile_is_shown_with_its_line_and_column()
    {
        var (status, said) = await RunCellsAsync(Policy(onReady: "_redy.Enqueue(thread);"));
        Assert.Equal(1, status);
        Assert.Contains("Cell [1], line 8", said, StringComparison.Ordinal);
        Assert.Contains("_redy.Enqueue(thread);", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Simulated", "throws", 12)]
    [InlineData("Stock", "throws", 12)]
    [InlineData("Simulated", "finished", 10)]
    [InlineData("Stock", "finished", 10)]
    [InlineData("Simulated", "forgets", 10)]
    [InlineData("Stock", "forgets", 10)]
    [InlineData("Simulated", "hangs", 10)]
    [InlineData("Stock", "hangs", 10)]
    public async Task A_policy_that_breaks_its_contract_is_ejected_and_the_result_names_its_cell_and_line(string machine, string how, int line)
    {
        var policy = how switch
        {
            "throws" => Policy(find: "if (Now > TimeSpan.FromMilliseconds(20)) throw new InvalidOperationException(\"no more\"); return _ready.Dequeue();"),
            "finished" => Policy(find: "return _last ?? _ready.Dequeue();"),
            "forgets" => Policy(onReady: "if (reason == ReadyReason.Created) _ready.Enqueue(thread);"),
            _ => Policy(find: "while (Now > TimeSpan.FromMilliseconds(20)) { } return _ready.Dequeue();"),
        };
        var (status, said) = await RunCellsAsync(policy, Workload, Run.Replace("MACHINE", machine, StringComparison.Ordinal));
        Assert.Equal(0, status);
        Assert.Contains("jected", said, StringComparison.Ordinal);
        Assert.Matches($@"Cell \[1\],? line ({line}|{line + 1}|{line + 2})\b", said);
    }

    [Theory]
    [InlineData("Simulated")]
    [InlineData("Stock")]
    public async Task A_workload_that_throws_is_shown_with_its_cell_and_line(string machine)
    {
        var (_, said) = await RunCellsAsync(Policy(), """
            #!workload
            public sealed class Two : Workload
            {
                protected override void Define(WorkloadDefinition w) => w.Thread("bad", async t =>
                {
                    await t.Yield();
                    throw new InvalidOperationException("broken workload");
                });
            }
            """, Run.Replace("MACHINE", machine, StringComparison.Ordinal));
        Assert.Contains("broken workload", said, StringComparison.Ordinal);
        Assert.Matches(@"Cell \[2\][,:]? ?line 7", said);
    }

    [Fact]
    public async Task A_worker_that_dies_is_an_error_of_its_cell_and_the_notebook_goes_on()
    {
        var (status, said) = await RunCellsAsync(Policy(), """
            #!workload
            public sealed class Two : Workload
            {
                protected override void Define(WorkloadDefinition w) => w.Thread("deadly", async t => { await t.Yield(); Environment.FailFast("the worker is gone"); });
            }
            """, $"try {{ {Run.Replace("MACHINE", "Stock", StringComparison.Ordinal)}; }} catch (Exception e) {{ Console.WriteLine(\"caught: \" + e.Message); }}", "6 * 7");
        Assert.Equal(0, status);
        Assert.Contains("caught:", said, StringComparison.Ordinal);
        Assert.Contains("worker", said, StringComparison.Ordinal);
        Assert.Contains("42", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("await Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), virtualProcessors: 0)", "between 1 and 256 virtual processors")]
    [InlineData("await Lab.RunAsync(new RoundRobin(), new ComputeAndIo { EventsPerSecond = -1 })", "positive rate")]
    [InlineData("Traffic.Poisson(-5)", "positive rate")]
    [InlineData("await Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), duration: TimeSpan.Zero)", "must be positive")]
    public async Task A_number_out_of_its_range_fails_the_cell_and_says_what_is_allowed(string cell, string message)
    {
        var (status, said) = await RunCellsAsync("// one line above\n" + cell);
        Assert.Equal(1, status);
        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.Contains("Cell [1]", said, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
