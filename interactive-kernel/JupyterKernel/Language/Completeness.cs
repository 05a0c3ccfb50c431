using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.JupyterKernel.Language;

/// <summary>Whether a text is a whole cell, or waits for more lines.</summary>
internal static class Completeness
{
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
        return tree.GetDiagnostics().Any(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) ? State.Invalid : State.Complete;
    }
}
