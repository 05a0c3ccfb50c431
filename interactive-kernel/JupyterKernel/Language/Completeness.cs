using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.JupyterKernel.Language;

/// <summary>Whether a text is a whole cell, or waits for more lines.</summary>
internal static class Completeness
{
    // Roslyn takes a text within three quotes that waits for its end as whole.
    private const string UnterminatedRawString = "CS8997";

    internal enum State
    {
        Complete,
        Incomplete,
        Invalid,
    }

    public static State Of(string code)
    {
        var source = MagicLine.Of(code) is null ? code : MagicLine.Hide(code);
        var tree = SyntaxFactory.ParseSyntaxTree(source, SubmissionChain.ParseOptions);
        if (!SyntaxFactory.IsCompleteSubmission(tree))
            return State.Incomplete;
        var errors = tree.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count == 0) return State.Complete;
        return errors.Exists(static error => error.Id == UnterminatedRawString) ? State.Incomplete : State.Invalid;
    }
}
