using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using SchedulerActivations.Experiments;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>extension.dib in a host that is stood in for, with real C# scripts as its cells.</summary>
[Collection("notebook host")]
public sealed class TheExtension : IDisposable
{
    private const string Policy = """
        #!policy
        public sealed class Mine : SchedulingPolicy
        {
            private readonly ThreadQueue _ready = new();
            public int Version => 1;
            protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);
            protected override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
        }
        """;

    private readonly KernelInvocationContext _context = new();
    private readonly ScriptKernel _csharp = new();

    public TheExtension()
    {
        var root = new CompositeKernel();
        root.Add(_csharp);
        Kernel.Root = root;
        KernelInvocationContext.Current = _context;
    }

    public void Dispose()
    {
        NotebookHost.Current = null;
        KernelInvocationContext.Current = null;
    }

    [Fact]
    public async Task The_files_of_the_cells_go_with_the_host()
    {
        using var lab = new CommandLine.Lab();
        lab.WriteNotebook("new HostedCells().Compile(CellKind.Workload, \"public class W : Workload { protected override void Define(WorkloadDefinition w) { } }\").Succeeded");
        var ended = await CommandLine.Lab.EndAsync(lab.Start(CommandLine.Lab.Program, ["run", "notebook.ipynb"], ("TMPDIR", lab.Folder)));
        Assert.Contains("True", ended.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(lab.Folder, "scheduler-cells-*"));
    }

    [Fact]
    public async Task A_policy_cell_is_compiled_and_its_type_runs_from_csharp_cells()
    {
        await Load();
        await Submit("policy", Policy);
        Assert.Null(_context.Failure);
        Assert.Equal("Mine compiled.", _context.Outputs[^1]);
        await Submit("csharp", "var result = await Lab.RunAsync(new Mine(), new ComputeAndIo(), Machines.Simulated, duration: System.TimeSpan.FromMilliseconds(200)); return result;");
        var result = Assert.IsType<ExperimentResult>(_csharp.Value);
        Assert.Equal(Policy, result.Experiment.Policy.Source);
        Assert.NotNull(result.Experiment.Policy.Image);
        Assert.StartsWith("1 of 1 runs: done", _context.Outputs[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cell_that_is_run_again_replaces_its_types()
    {
        await Load();
        await Submit("policy", Policy);
        await Submit("csharp", "return new Mine().Version;");
        Assert.Equal(1, _csharp.Value);
        await Submit("policy", Policy.Replace("Version => 1", "Version => 2", StringComparison.Ordinal));
        await Submit("csharp", "return new Mine().Version;");
        Assert.Equal(2, _csharp.Value);
    }

    [Fact]
    public async Task A_mistake_fails_the_cell_with_its_line()
    {
        await Load();
        await Submit("workload", "#!workload\npublic sealed class W : Workload\n{\n    int x = y;\n}");
        Assert.Contains("line 4: error CS0103: The name 'y' does not exist", _context.Failure, StringComparison.Ordinal);
        Assert.Contains("    int x = y;\n                ^", _context.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_wiring_is_shorter_than_a_page() => Assert.InRange(Dib().Split('\n').Length, 20, 66);

    private async Task Load()
    {
        await Submit("csharp", Dib().Replace("#!csharp", "", StringComparison.Ordinal));
        Assert.Contains("window.Plotly", _context.Outputs[0], StringComparison.Ordinal);
    }

    private static Task Submit(string kernel, string code) => Kernel.Root.SendAsync(new SubmitCode(code, kernel));

    private static string Dib([CallerFilePath] string test = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(test)!, "../../../interactive-kernel/Notebook/Package/extension.dib"));

    /// <summary>C# cells as .NET Interactive runs them: one script that goes on.</summary>
    private sealed class ScriptKernel() : Kernel("csharp"), IKernelCommandHandler<SubmitCode>
    {
        private static readonly ScriptOptions s_options = ScriptOptions.Default.AddReferences(
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => Microsoft.CodeAnalysis.MetadataReference.CreateFromFile(path)));

        private ScriptState<object>? _state;

        public object? Value => _state?.ReturnValue;

        public async Task HandleAsync(SubmitCode command, KernelInvocationContext context) =>
            _state = _state is null ? await CSharpScript.RunAsync(command.Code, s_options) : await _state.ContinueWithAsync(command.Code);
    }
}
