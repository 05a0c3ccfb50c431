using System.Text.Json.Nodes;
using SchedulerActivations.InteractiveKernel.Tests.CommandLine;

namespace SchedulerActivations.InteractiveKernel.Tests.Jupyter;

/// <summary>Debian's Jupyter, with the kernel installed into a folder of the test's own.</summary>
public sealed class RealJupyterTests : IAsyncLifetime, IDisposable
{
    // Not just "python3": another one may stand before Debian's, without its packages.
    private const string Python = "/usr/bin/python3";

    private readonly Lab _lab = new();

    public async Task InitializeAsync() =>
        Assert.Equal(0, (await _lab.RunAsync("jupyter", "install", "--prefix", ".")).ExitCode);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _lab.Dispose();

    [SkippableFact]
    public async Task Jupyter_s_own_suite_for_kernels_passes()
    {
        await NeedsAsync("jupyter_kernel_test", "python3-jupyter-kernel-test");
        var ended = await PythonAsync(Script("kernel_suite.py"), "-v");
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        Assert.Contains("Ran 12 tests", ended.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_kernel_behaves_over_the_wire_as_a_front_end_expects()
    {
        await NeedsAsync("jupyter_client", "python3-jupyter-client");
        var ended = await PythonAsync(Script("front_end.py"));
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
    }

    [SkippableFact]
    public async Task A_notebook_has_the_same_outputs_with_nbclient_as_with_lab_run()
    {
        await NeedsAsync("nbclient", "python3-nbclient");
        _lab.WriteNotebook(
            "Console.WriteLine(\"out\"); Console.Error.WriteLine(\"err\"); Console.Write(\"more\"); 6 * 7",
            "#!policy\npublic class P { public int V => 3; }",
            "var shown = display(\"before\"); new P().V",
            "shown.Update(\"after\"); new[] { 1, 2 }",
            "await Task.Delay(1); Enumerable.Range(0, 3).Select(i => i * i).ToList()");
        Assert.Equal(0, (await _lab.RunAsync("run", "notebook.ipynb", "--output", "lab.ipynb")).ExitCode);
        var ended = await PythonAsync(Script("execute.py"), "notebook.ipynb", "nbclient.ipynb", "lab.ipynb");
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        Assert.Equal(Outputs("nbclient.ipynb"), Outputs("lab.ipynb"));
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Jupyter", name);

    private string Outputs(string notebook) => string.Join("\n\n", JsonNode.Parse(_lab.Read(notebook))!["cells"]!.AsArray().Select(cell => cell!["outputs"]!.ToJsonString()));

    private Task<Lab.Ended> PythonAsync(params string[] arguments) =>
        Lab.EndAsync(_lab.Start(Python, arguments, ("JUPYTER_PATH", Path.Combine(_lab.Folder, "share", "jupyter")), ("JUPYTER_PLATFORM_DIRS", "1")));

    private async Task NeedsAsync(string module, string package)
    {
        Skip.IfNot(File.Exists(Python), $"{Python} is missing: apt-get install {package}");
        Skip.IfNot((await PythonAsync("-c", $"import {module}")).ExitCode == 0, $"Debian's package {package} is missing: apt-get install {package}");
    }
}
