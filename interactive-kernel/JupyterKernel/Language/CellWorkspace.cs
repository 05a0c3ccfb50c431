using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;
using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.JupyterKernel.Language;

/// <summary>The session's cells as Roslyn's language services want them: a project for each, on top of the one before.</summary>
internal sealed class CellWorkspace(SubmissionChain chain) : IDisposable
{
    private readonly AdhocWorkspace _workspace = new(MefHostServices.DefaultHost);
    private readonly List<ProjectId> _cells = [];

    /// <summary>The next cell, as a document above all cells that have run.</summary>
    public Document Open(string code)
    {
        var solution = _workspace.CurrentSolution;
        var ran = chain.Sources;
        for (var i = _cells.Count; i < ran.Count; i++)
        {
            solution = Add(solution, $"cell {i + 1}", ran[i], out var project);
            _cells.Add(project);
        }

        // What has run stays; the next cell is a sketch on top, forgotten after each question.
        _workspace.TryApplyChanges(solution);
        solution = Add(_workspace.CurrentSolution, "the next cell", MagicLine.Of(code) is null ? code : MagicLine.Hide(code), out var next);
        return solution.GetProject(next)!.Documents.Single();
    }

    public void Dispose() => _workspace.Dispose();

    private Solution Add(Solution solution, string name, string source, out ProjectId project)
    {
        project = ProjectId.CreateNewId(name);
        var document = DocumentInfo.Create(
            DocumentId.CreateNewId(project),
            name,
            sourceCodeKind: SourceCodeKind.Script,
            loader: TextLoader.From(TextAndVersion.Create(SourceText.From(source), VersionStamp.Create())));
        return solution.AddProject(ProjectInfo.Create(
            project,
            VersionStamp.Create(),
            name,
            name,
            LanguageNames.CSharp,
            compilationOptions: SubmissionChain.Options,
            parseOptions: SubmissionChain.ParseOptions,
            documents: [document],
            projectReferences: _cells.Count > 0 ? [new ProjectReference(_cells[^1])] : [],
            // As in the session itself, the first cell's references hold for all cells after it.
            metadataReferences: _cells.Count > 0 ? chain.CellTypes : [.. SessionReferences.Assemblies, .. chain.CellTypes],
            isSubmission: true));
    }
}
