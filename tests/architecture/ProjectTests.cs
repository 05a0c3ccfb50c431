using System.Reflection;
using System.Xml.Linq;

namespace SchedulerActivations.Architecture.Tests;

/// <summary>Between projects: nobody refers upward, and nobody takes in a package that belongs elsewhere.</summary>
public sealed class ProjectTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["SchedulerActivations"] = [],
        ["SchedulerActivations.Policies"] = ["SchedulerActivations"],
        // The worker carries the policies, so that they need not be sent; it does not use them (see below).
        ["SchedulerActivations.Worker"] = ["SchedulerActivations", "SchedulerActivations.Policies"],
        ["SchedulerActivations.Notebook"] = ["SchedulerActivations", "SchedulerActivations.Policies", "SchedulerActivations.Worker"],
        ["SchedulerActivations.JupyterKernel"] = ["SchedulerActivations", "SchedulerActivations.Policies", "SchedulerActivations.Notebook"],
        ["SchedulerActivations.CommandLine"] = ["SchedulerActivations", "SchedulerActivations.Policies", "SchedulerActivations.Worker", "SchedulerActivations.Notebook", "SchedulerActivations.JupyterKernel"],
    };

    private static readonly string[] Notebooks =
        ["Microsoft.CodeAnalysis", "Microsoft.DotNet.Interactive", "NetMQ", "Plotly", "ScottPlot", "SkiaSharp", "Spectre", "System.CommandLine"];

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_what_stands_below_it(string project)
    {
        var file = Directory.EnumerateFiles(Root(), $"{project}.csproj", SearchOption.AllDirectories).Single();
        var references = XDocument.Load(file).Descendants("ProjectReference").Select(each => Path.GetFileNameWithoutExtension(each.Attribute("Include")!.Value));
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Theory]
    [InlineData("SchedulerActivations")]
    [InlineData("SchedulerActivations.Policies")]
    [InlineData("SchedulerActivations.Worker")]
    public void The_runtime_and_the_policies_know_nothing_of_notebooks(string project) =>
        Assert.DoesNotContain(References(project), name => Notebooks.Any(each => name.StartsWith(each, StringComparison.Ordinal)));

    [Fact]
    public void Policies_refer_to_the_runtime_only() =>
        Assert.All(References("SchedulerActivations.Policies"), name => Assert.True(name == "SchedulerActivations" || name.StartsWith("System.", StringComparison.Ordinal), name));

    [Theory]
    [InlineData("SchedulerActivations")]
    [InlineData("SchedulerActivations.Worker")]
    public void The_runtime_uses_no_policy_but_its_own(string project) => Assert.DoesNotContain("SchedulerActivations.Policies", References(project));

    [Fact]
    public void The_notebook_library_knows_neither_the_wire_nor_the_command_line() =>
        Assert.DoesNotContain(References("SchedulerActivations.Notebook"), name => name is "NetMQ" or "System.CommandLine" or "SchedulerActivations.JupyterKernel" or "SchedulerActivations.CommandLine");

    private static IEnumerable<string> References(string assembly) => Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Notebooks.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"There is no Notebooks.sln above {AppContext.BaseDirectory}.");
        return folder;
    }
}
