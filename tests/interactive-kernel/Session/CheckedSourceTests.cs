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
    [InlineData("int F() => 1;", "int F() {C return 1; }")]
    [InlineData("void F() => g();", "void F() {C g(); }")]
    [InlineData("async Task F() => await g();", "async Task F() {C await g(); }")]
    [InlineData("async Task<int> F() => await g();", "async Task<int> F() {C return await g(); }")]
    [InlineData("int F() => throw new E();", "int F() {C throw new E(); }")]
    [InlineData("int F() =>\n    1;", "int F() {C\n    return 1; }")]
    [InlineData("class A { int P => 1; }", "class A { int P { get {C return 1; } } }")]
    [InlineData("class A { int P => throw new E(); }", "class A { int P { get {C throw new E(); } } }")]
    [InlineData("class A { ref int this[int i] => ref b[i]; }", "class A { ref int this[int i] { get {C return ref b[i]; } } }")]
    [InlineData("class A { int P { get => b; set => b = value; } }", "class A { int P { get {C return b; } set {C b = value; } } }")]
    [InlineData("class A { int P { get { return b; } init { } } }", "class A { int P { get {C return b; } init {C } } }")]
    [InlineData("class A { event B E { add => b(); remove { } } }", "class A { event B E { add {C b(); } remove {C } } }")]
    [InlineData("class A { public static A operator -(A a) => a; public static implicit operator int(A a) => 1; }", "class A { public static A operator -(A a) {C return a; } public static implicit operator int(A a) {C return 1; } }")]
    [InlineData("f = x => { return 1; };", "f = x => {C return 1; };")]
    [InlineData("f = delegate { };", "f = delegate {C };")]
    [InlineData("f = x => g(x);", "f = x => g(x);")]
    [InlineData("class A { public A() => b = 1; int P { get; set; } = 1; }", "class A { public A() => b = 1; int P { get; set; } = 1; }")]
    public void Loops_and_functions_are_checked_and_nothing_else(string source, string expected)
    {
        var tree = CSharpSyntaxTree.ParseText(source, SubmissionChain.ParseOptions);
        var actual = CheckedSource.Of(tree)
            .Replace(" global::SchedulerActivations.JupyterKernel.Session.CellCheck.Loop(); ", "L", StringComparison.Ordinal)
            .Replace(" global::SchedulerActivations.JupyterKernel.Session.CellCheck.Call(); ", "C", StringComparison.Ordinal);
        Assert.Equal(expected, actual);
    }
}
