namespace SchedulerActivations.InteractiveKernel.Tests.Session;

public sealed class ErrorTests : IDisposable
{
    private readonly Notebook _notebook = new();

    [Fact]
    public async Task What_does_not_compile_is_shown_with_cell_line_column_and_a_caret()
    {
        await _notebook.ResultAsync("1");
        var error = await _notebook.ErrorAsync("var a = 1;\nvar b = a + unknown;\n");
        Assert.Equal("Cell [2], line 2, column 13: error CS0103: The name 'unknown' does not exist in the current context", error.Message);
        Assert.Equal(
            [
                "Cell [2], line 2, column 13: error CS0103: The name 'unknown' does not exist in the current context",
                "    var b = a + unknown;",
                "                ^^^^^^^",
            ],
            error.Traceback);
    }

    [Fact]
    public async Task Several_errors_are_counted_and_all_listed()
    {
        var error = await _notebook.ErrorAsync("one(); two(); three()");
        Assert.EndsWith("(and 2 more)", error.Message, StringComparison.Ordinal);
        Assert.Equal(9, error.Traceback.Count);
    }

    [Fact]
    public async Task What_throws_is_shown_with_the_cells_own_lines_and_no_others()
    {
        await _notebook.ResultAsync("int Divide(int a, int b)\n{\n    return a / b;\n}");
        var error = await _notebook.ErrorAsync("\nvar zero = 0;\nDivide(1, zero)");
        Assert.Equal("DivideByZeroException", error.Name);
        Assert.Equal(
            [
                "DivideByZeroException: Attempted to divide by zero.",
                "   at Cell [1], line 3, in Divide:  return a / b;",
                "   at Cell [2], line 3:  Divide(1, zero)",
            ],
            error.Traceback);
    }

    [Theory]
    [InlineData("int Ratio(int n) =>\n    1 / n;\nRatio(0)", "in Ratio:  1 / n;")]
    [InlineData("async Task<int> Ratio(int n) =>\n    1 / await Task.FromResult(n);\nawait Ratio(0)", "in Ratio:  1 / await Task.FromResult(n);")]
    [InlineData("class Ratio { public int N =>\n    1 / int.Parse(\"0\"); }\nnew Ratio().N", "in Ratio.get_N:  1 / int.Parse(\"0\"); }")]
    public async Task An_expression_on_the_line_after_its_arrow_is_shown_with_its_own_line(string source, string place)
    {
        var error = await _notebook.ErrorAsync(source);
        Assert.Equal($"   at Cell [1], line 2, {place}", error.Traceback[1]);
    }

    [Fact]
    public async Task The_lines_of_lambdas_and_asynchronous_methods_are_found_too()
    {
        var error = await _notebook.ErrorAsync("async Task Later()\n{\n    await Task.Delay(1);\n    new[] { 0 }.Select(n => 1 / n).ToList();\n}\nawait Later();");
        Assert.Equal(
            [
                "DivideByZeroException: Attempted to divide by zero.",
                "   at Cell [1], line 4, in a lambda of Later:  new[] { 0 }.Select(n => 1 / n).ToList();",
                "   at Cell [1], line 4, in Later:  new[] { 0 }.Select(n => 1 / n).ToList();",
                "   at Cell [1], line 6:  await Later();",
            ],
            error.Traceback);
    }

    [Fact]
    public async Task An_inner_exception_is_shown_as_the_reason()
    {
        var error = await _notebook.ErrorAsync("try { int.Parse(\"x\"); }\ncatch (Exception e) { throw new InvalidOperationException(\"No number.\", e); }");
        Assert.Contains("InvalidOperationException: No number.", error.Traceback);
        Assert.Contains(error.Traceback, line => line.StartsWith("because of FormatException:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_assembly_is_named_with_its_line()
    {
        var error = await _notebook.ErrorAsync("#r \"no-such.dll\"\n1");
        Assert.StartsWith("Cell [1], line 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("no-such.dll", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _notebook.Dispose();
}
