namespace SchedulerActivations.EndToEnd.Tests;

/// <summary>The notebooks that draw runs of the patched machine. They take half of the time: in a class of their own they run beside the others.</summary>
public sealed class FigureTests : IDisposable
{
    private readonly LabFolder _folder = new();

    [Theory]
    [InlineData("paper/figures-1-and-3.ipynb", null, "3 in the original model, 2 in the extended one", "The paper's sentence holds here")]
    [InlineData("paper/reactivity.ipynb", "var computing = new[] { 0, 8 }; var duration = TimeSpan.FromMilliseconds(300);",
        "IoFirst, original activations", "this computer", "the number of computing threads does not matter", "make bench-reactivity")]
    public Task A_notebook_runs_from_top_to_bottom_and_computes_its_statements(string name, string? parameters, params string[] said) =>
        _folder.RunNotebookAsync(name, parameters, said);

    public void Dispose() => _folder.Dispose();
}
