namespace SchedulerActivations.InteractiveKernel.Tests.Session;

public sealed class CompiledCellTests : IDisposable
{
    private readonly Notebook _notebook = new();

    [Fact]
    public async Task A_policy_cell_s_types_can_be_used_by_later_cells()
    {
        Assert.Equal("Answer compiled.", await _notebook.ResultAsync(Policy("Answer", "public int Value => 42;")));
        Assert.Equal("42", await _notebook.ResultAsync("new Answer().Value"));
    }

    [Fact]
    public async Task A_type_defined_anew_wins_and_old_objects_keep_their_type()
    {
        await _notebook.ResultAsync(Policy("Answer", "public int Old => 1;"));
        await _notebook.ResultAsync("var old = new Answer(); int Ask(Answer a) => a.Old;");
        await _notebook.ResultAsync(Policy("Answer", "public int New => 2;") + "\npublic class Another { }");
        Assert.Equal("2", await _notebook.ResultAsync("new Answer().New"));
        Assert.Equal("1", await _notebook.ResultAsync("old.Old"));
        Assert.Equal("1", await _notebook.ResultAsync("Ask(old)"));
        await _notebook.ResultAsync(Workload("Answer", "public int Newest => 3;"));
        Assert.Equal("3", await _notebook.ResultAsync("new Answer().Newest"));
    }

    [Fact]
    public async Task A_type_that_a_plain_cell_defined_gives_way_and_so_do_all_after_it()
    {
        await _notebook.ResultAsync("public class Answer { public int Plain => 1; }");
        for (var run = 1; run <= 2; run++)
        {
            await _notebook.ResultAsync(Policy("Answer", $"public int Value => {run};"));
            Assert.Equal($"{run}", await _notebook.ResultAsync("new Answer().Value"));
        }

        await _notebook.ResultAsync("public class Answer { public int Plain => 3; }");
        Assert.Equal("3", await _notebook.ResultAsync("new Answer().Plain"));
    }

    [Fact]
    public async Task A_type_that_cannot_be_shown_by_its_plain_name_spoils_no_later_cell()
    {
        await _notebook.ResultAsync("public class @class { }");
        await _notebook.ResultAsync(Policy("@class", ""));
        Assert.Equal("2", await _notebook.ResultAsync("1 + 1"));
    }

    [Fact]
    public async Task Two_cells_types_can_be_used_together()
    {
        await _notebook.ResultAsync(Policy("A", "public int Value => 1;"));
        await _notebook.ResultAsync(Workload("B", "public int Value => 2;"));
        Assert.Equal("3", await _notebook.ResultAsync("new A().Value + new B().Value"));
    }

    [Fact]
    public async Task A_policy_cell_and_a_workload_cell_run_on_the_simulated_machine()
    {
        await _notebook.ResultAsync(Policy("Mine", ""));
        await _notebook.ResultAsync("#!workload\npublic class Two : Workload\n{\n    protected override void Define(WorkloadDefinition w) => w.Thread(\"one\", async t => await t.Compute(TimeSpan.FromMilliseconds(1)));\n}");
        Assert.Contains("Mine", await _notebook.ResultAsync("await Lab.RunAsync(new Mine(), new Two(), duration: TimeSpan.FromMilliseconds(20))"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_compile_is_shown_with_the_cell_s_own_line()
    {
        var error = await _notebook.ErrorAsync("#!policy\npublic class A\n{\n    int X => y;\n}");
        Assert.StartsWith("Cell [1], line 4, column 14: error CS0103: The name 'y' does not exist in the current context", error.Message, StringComparison.Ordinal);
        Assert.Equal("    " + "    int X => y;", error.Traceback[1]);
        Assert.Equal("    " + "             ^", error.Traceback[2]);
    }

    [Fact]
    public async Task A_policy_cell_without_a_policy_is_an_error_at_the_class()
    {
        var error = await _notebook.ErrorAsync("#!policy\npublic class A { }");
        Assert.StartsWith("Cell [1], line 2, column 14: error CELL001", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_throws_in_a_policy_cell_is_shown_with_its_line()
    {
        await _notebook.ResultAsync(Policy("A", "public int Fail() => throw new Exception(\"no\");"));
        var error = await _notebook.ErrorAsync("new A().Fail()");
        Assert.Equal("   at Cell [1], line 4, in A.Fail:  public int Fail() => throw new Exception(\"no\");", error.Traceback[1]);
        Assert.Equal("   at Cell [2], line 1:  new A().Fail()", error.Traceback[2]);
    }

    public void Dispose() => _notebook.Dispose();

    private static string Policy(string name, string members) => $$"""
        #!policy
        public class {{name}} : SchedulingPolicy
        {
            {{members}}
            private readonly Queue<UserThread> _ready = new();
            protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);
            protected override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.TryDequeue(out var next) ? next : null;
        }
        """;

    private static string Workload(string name, string members) => $$"""
        #!workload
        public class {{name}} : Workload
        {
            {{members}}
            protected override void Define(WorkloadDefinition w) { }
        }
        """;
}
