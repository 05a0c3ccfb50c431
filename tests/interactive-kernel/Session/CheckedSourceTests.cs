using Microsoft.CodeAnalysis.CSharp;
using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.InteractiveKernel.Tests.Session;

public sealed class CheckedSourceTests
{
    [Theory]
    [InlineData("while (a) { b(); }", "while (a) {L b(); }")]
    [InlineData("while (a) b();", "while (a) {Lb(); }")]
    [InlineData("for (;;) foreach (var x in y) ;", "for (;;) {Lforeach (var x in y) {L; } }")]
    [InlineData("do { } while (a);", "do {L } while (a);")]
    [InlineData("void F() { }", "void F() {C }")]
    [InlineData("int F() => 1;", "int F() {Creturn 1; }")]
    [InlineData("void F() => g();", "void F() {C g(); }")]
    [InlineData("async Task F() => await g();", "async Task F() {C await g(); }")]
    [InlineData("async Task<int> F() => await g();", "async Task<int> F() {Creturn await g(); }")]
    [InlineData("int F() => throw new E();", "int F() {C throw new E(); }")]
    [InlineData("class A { public A() => b = 1; int P => 1; }", "class A { public A() => b = 1; int P => 1; }")]
    public void Loops_and_functions_are_checked_and_nothing_else(string source, string expected)
    {
        var tree = CSharpSyntaxTree.ParseText(source, SubmissionChain.ParseOptions);
        var actual = CheckedSource.Of(tree)
            .Replace(" global::SchedulerActivations.JupyterKernel.Session.CellCheck.Loop(); ", "L", StringComparison.Ordinal)
            .Replace(" global::SchedulerActivations.JupyterKernel.Session.CellCheck.Call(); ", "C", StringComparison.Ordinal);
        Assert.Equal(expected, actual);
    }
}
