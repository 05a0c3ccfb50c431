namespace SchedulerActivations.InteractiveKernel.Tests.Session;

public sealed class StateTests : IDisposable
{
    private readonly Notebook _notebook = new();

    [Fact]
    public async Task A_cell_s_last_expression_is_its_result() => Assert.Equal("2", await _notebook.ResultAsync("1 + 1"));

    [Theory]
    [InlineData("return 5;")]
    [InlineData("if (DateTime.Now.Year > 2000) return 5;\nConsole.WriteLine(\"not reached\");")]
    [InlineData("if (DateTime.Now.Year < 2000) return 4;\n5")]
    public async Task What_a_cell_returns_is_its_result(string source) => Assert.Equal("5", await _notebook.ResultAsync(source));

    [Theory]
    [InlineData("return;")]
    [InlineData("display(1)")]
    [InlineData("var shown = display(1); shown")]
    [InlineData("Math.Abs(1);")]
    [InlineData("var x = 1;")]
    [InlineData("Console.WriteLine()")]
    [InlineData("await Task.Yield()")]
    [InlineData("// nothing")]
    [InlineData("")]
    [InlineData("using System.Text;")]
    public async Task A_cell_that_ends_otherwise_has_none(string source) => Assert.Equal("(no result)", await _notebook.ResultAsync(source));

    [Fact]
    public async Task An_expression_that_is_null_says_so() => Assert.Equal("null", await _notebook.ResultAsync("(string)null"));

    [Fact]
    public async Task Variables_functions_types_and_usings_carry_over()
    {
        await _notebook.ResultAsync("using System.Text; var list = new List<int> { 3, 1, 2 };");
        await _notebook.ResultAsync("int Twice(int n) => 2 * n; record Pair(int A, int B);");
        Assert.Equal("6", await _notebook.ResultAsync("Twice(list.Max())"));
        Assert.Equal("Pair { A = 1, B = 2 }", await _notebook.ResultAsync("new Pair(1, 2).ToString()"));
        Assert.Equal("ab", await _notebook.ResultAsync("new StringBuilder(\"ab\").ToString()"));
    }

    [Fact]
    public async Task What_is_opened_by_default_gives_way_to_what_a_cell_defines()
    {
        Assert.Equal("a", await _notebook.ResultAsync("new StringBuilder(Path.GetFileName(\"/a\")).ToString()"));
        await _notebook.ResultAsync("class File { public int Mine => 1; } record Rune(int Number); int Path = 3;");
        Assert.Equal("6", await _notebook.ResultAsync("new File().Mine + new Rune(2).Number + Path"));
    }

    [Fact]
    public async Task A_later_cell_can_define_a_variable_anew_with_another_type()
    {
        await _notebook.ResultAsync("var x = 1;");
        await _notebook.ResultAsync("var x = \"text\";");
        Assert.Equal("4", await _notebook.ResultAsync("x.Length"));
    }

    [Fact]
    public async Task A_cell_can_await_at_the_top() => Assert.Equal("5", await _notebook.ResultAsync("await Task.Delay(1); var n = await Task.FromResult(5); n"));

    [Fact]
    public async Task Continuations_run_on_the_cell_s_own_thread() =>
        Assert.Equal("true", await _notebook.ResultAsync("var before = Environment.CurrentManagedThreadId; await Task.Delay(1); before == Environment.CurrentManagedThreadId ? \"true\" : \"false\""));

    [Fact]
    public async Task A_continuation_that_is_due_at_once_runs_there_too() =>
        Assert.Equal("true", await _notebook.ResultAsync("var before = Environment.CurrentManagedThreadId; for (var i = 0; i < 1000; i++) await Task.Yield(); before == Environment.CurrentManagedThreadId ? \"true\" : \"false\""));

    [Theory]
    [InlineData("Late().Result")]
    [InlineData("await Task.Delay(1); Late().Result")]
    [InlineData("Late().GetAwaiter().GetResult()")]
    [InlineData("var late = Late(); late.Wait(); late.Result")]
    [InlineData("var late = Late(); while (!late.IsCompleted) Thread.Sleep(1); late.Result")]
    [InlineData("var late = Late(); while (!late.IsCompleted) ; late.Result")]
    [InlineData("async Task<int> Later() { await Task.Delay(1); return Late().Result; } Later().Result")]
    public async Task A_cell_can_block_on_a_task_of_its_own(string source) =>
        Assert.Equal("7", await _notebook.ResultAsync("async Task<int> Late() { await Task.Delay(1); await Task.Yield(); return 7; }\n" + source));

    [Fact]
    public async Task A_cell_can_block_on_a_run() =>
        Assert.Contains("RoundRobin", await _notebook.ResultAsync("Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), duration: TimeSpan.FromMilliseconds(10)).Result"), StringComparison.Ordinal);

    [Fact]
    public async Task After_blocking_on_a_task_a_cell_is_on_its_own_thread() =>
        Assert.Equal("true", await _notebook.ResultAsync("var before = Environment.CurrentManagedThreadId; async Task Late() => await Task.Delay(1); Late().Wait(); await Task.Delay(1); before == Environment.CurrentManagedThreadId ? \"true\" : \"false\""));

    [Fact]
    public async Task A_cell_that_throws_keeps_what_it_has_set()
    {
        await _notebook.ErrorAsync("var kept = 7; throw new Exception(\"no\");");
        Assert.Equal("7", await _notebook.ResultAsync("kept"));
    }

    [Fact]
    public async Task A_cell_that_does_not_compile_changes_nothing()
    {
        await _notebook.ResultAsync("var x = 1;");
        await _notebook.ErrorAsync("var x = 2; var y = ;");
        Assert.Equal("1", await _notebook.ResultAsync("x"));
    }

    [Fact]
    public async Task A_task_left_running_goes_on_after_the_cell()
    {
        await _notebook.ResultAsync("var gate = new TaskCompletionSource(); async Task<int> Later() { await gate.Task; return 3; } var later = Later();");
        await _notebook.ResultAsync("gate.SetResult();");
        Assert.Equal("3", await _notebook.ResultAsync("await later"));
    }

    [Fact]
    public async Task An_async_void_method_that_throws_fails_the_cell_and_not_its_other_tasks()
    {
        var error = await _notebook.ErrorAsync("async Task<int> Work() { await Task.Delay(100); return 3; } var work = Work(); async void Fail() { await Task.Delay(1); throw new Exception(\"no\"); } Fail(); await work;");
        Assert.Equal("no", error.Message);
        Assert.Equal("3", await _notebook.ResultAsync("await work"));
    }

    [Fact]
    public async Task Two_sessions_do_not_see_each_other()
    {
        using var other = new Notebook();
        await _notebook.ResultAsync("var x = 1;");
        Assert.Contains("CS0103", (await other.ErrorAsync("x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_csharp_magic_line_changes_nothing() => Assert.Equal("2", await _notebook.ResultAsync("#!csharp\n1 + 1"));

    [Fact]
    public async Task An_unknown_magic_line_is_named_and_the_known_ones_listed()
    {
        var error = await _notebook.ErrorAsync("#!polcy\nclass P { }");
        Assert.Equal("Cell [1], line 1: '#!polcy' is not known here. Cells begin with #!policy, #!workload, or with C#.", error.Message);
    }

    public void Dispose() => _notebook.Dispose();
}
