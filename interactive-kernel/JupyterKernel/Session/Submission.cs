using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>A compiled cell, ready to run once.</summary>
/// <param name="Written">The cell as it was written, without the checks that were put into it.</param>
/// <param name="Compilation">What it was compiled from; later cells see its variables, functions and types through it.</param>
/// <param name="Start">Starts it on the session's variables; null when it did not compile.</param>
/// <param name="HasResult">Whether it ends with an expression whose value is to be shown.</param>
/// <param name="Diagnostics">Everything the compiler has to say.</param>
internal sealed record Submission(
    SyntaxTree Written,
    CSharpCompilation Compilation,
    Func<object?[], Task<object?>>? Start,
    bool HasResult,
    IReadOnlyList<Diagnostic> Diagnostics);
