namespace SchedulerActivations.InteractiveKernel.Tests.Session;

public sealed class CompiledCellTests : IDisposable
{
    private readonly Notebook _notebook = new();

    [Fact]
    public async Task A_policy_cell_s_types_can_be_used_by_later_cells()
    {
        Assert.Contains("Answer", await _notebook.ResultAsync("#!policy\npublic class Answer { public int Value => 42; }"), StringComparison.Ordinal);
        Assert.Equal("42", await _notebook.ResultAsync("new Answer().Value"));
    }

    [Fact]
    public async Task A_type_defined_anew_wins_and_old_objects_keep_their_type()
    {
        await _notebook.ResultAsync("#!policy\npublic class Answer { public int Old => 1; }");
        await _notebook.ResultAsync("var old = new Answer(); int Ask(Answer a) => a.Old;");
        await _notebook.ResultAsync("#!policy\npublic class Answer { public int New => 2; }\npublic class Another { }");
        Assert.Equal("2", await _notebook.ResultAsync("new Answer().New"));
        Assert.Equal("1", await _notebook.ResultAsync("old.Old"));
        Assert.Equal("1", await _notebook.ResultAsync("Ask(old)"));
        await _notebook.ResultAsync("#!workload\npublic class Answer { public int Newest => 3; }");
        Assert.Equal("3", await _notebook.ResultAsync("new Answer().Newest"));
    }

    [Fact]
    public async Task Two_cells_types_can_be_used_together()
    {
        await _notebook.ResultAsync("#!policy\npublic class A { public int Value => 1; }");
        await _notebook.ResultAsync("#!workload\npublic class B { public int Value => 2; }");
        Assert.Equal("3", await _notebook.ResultAsync("new A().Value + new B().Value"));
    }

    [Fact]
    public async Task What_does_not_compile_is_shown_with_the_cell_s_own_line()
    {
        var error = await _notebook.ErrorAsync("#!policy\npublic class A\n{\n    int X => y;\n}");
        Assert.Equal("Cell [1], line 4, column 14: error CS0103: The name 'y' does not exist in the current context", error.Message);
        Assert.Equal("    " + "    int X => y;", error.Traceback[1]);
        Assert.Equal("    " + "             ^", error.Traceback[2]);
    }

    [Fact]
    public async Task What_throws_in_a_policy_cell_is_shown_with_its_line()
    {
        await _notebook.ResultAsync("#!policy\npublic class A\n{\n    public int Fail() => throw new Exception(\"no\");\n}");
        var error = await _notebook.ErrorAsync("new A().Fail()");
        Assert.Equal("   at Cell [1], line 4, in A.Fail:  public int Fail() => throw new Exception(\"no\");", error.Traceback[1]);
        Assert.Equal("   at Cell [2], line 1:  new A().Fail()", error.Traceback[2]);
    }

    public void Dispose() => _notebook.Dispose();
}
