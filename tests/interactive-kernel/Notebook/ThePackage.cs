using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Xml.Linq;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>What `make pack` has made.</summary>
public sealed class ThePackage
{
    private static readonly string s_root = Root();

    [SkippableTheory]
    [InlineData("net8.0")]
    [InlineData("net10.0")]
    public void It_holds_our_assemblies_and_the_worker(string framework)
    {
        using var package = Open();
        var files = package.Entries.Select(entry => entry.FullName).ToHashSet();
        foreach (var name in new[] { "SchedulerActivations", "SchedulerActivations.Policies", "SchedulerActivations.Notebook" })
        {
            Assert.Contains($"lib/{framework}/{name}.dll", files);
            Assert.Contains($"lib/{framework}/{name}.xml", files);
        }
        foreach (var name in new[] { "SchedulerActivations.Worker.dll", "SchedulerActivations.Worker.runtimeconfig.json", "SchedulerActivations.Worker.deps.json", "SchedulerActivations.dll", "StreamJsonRpc.dll" })
            Assert.Contains($"lib/{framework}/worker/{name}", files);
        Assert.DoesNotContain($"lib/{framework}/SchedulerActivations.Notebook.Package.dll", files);
    }

    [SkippableFact]
    public void It_holds_the_extension()
    {
        using var package = Open();
        using var dib = new StreamReader(package.GetEntry("interactive-extensions/dotnet/extension.dib")!.Open());
        Assert.StartsWith("#!csharp", dib.ReadToEnd(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void It_depends_on_all_that_its_projects_need_and_not_on_the_projects()
    {
        using var package = Open();
        using var nuspec = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        var dependencies = XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => (string)element.Attribute("id")!).ToHashSet();
        string[] projects = ["runtime/SchedulerActivations/SchedulerActivations.csproj", "policies/SchedulerActivations.Policies.csproj", "interactive-kernel/Notebook/SchedulerActivations.Notebook.csproj"];
        foreach (var needed in projects.SelectMany(project => XDocument.Load(Path.Combine(s_root, project)).Descendants("PackageReference")).Select(reference => (string)reference.Attribute("Include")!))
            Assert.Contains(needed, dependencies);
        Assert.DoesNotContain(dependencies, name => name.StartsWith("SchedulerActivations", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Its_oldest_build_asks_for_nothing_newer_than_old_hosts_have()
    {
        using var package = Open();
        var folder = Directory.CreateTempSubdirectory("package-");
        package.ExtractToDirectory(folder.FullName);
        var context = new AssemblyLoadContext("net8.0", isCollectible: true);
        var library = context.LoadFromAssemblyPath(Path.Combine(folder.FullName, "lib/net8.0/SchedulerActivations.Notebook.dll"));
        var wanted = library.GetReferencedAssemblies().ToDictionary(name => name.Name!, name => name.Version!);
        Assert.Equal(8, wanted["System.Runtime"].Major);
        Assert.Equal(new Version(4, 8, 0, 0), wanted["Microsoft.CodeAnalysis.CSharp"]);
        Assert.DoesNotContain("Microsoft.DotNet.Interactive", wanted.Keys);
        context.Unload();
    }

    private static ZipArchive Open()
    {
        var folder = Path.Combine(s_root, "out/packages");
        var package = Directory.Exists(folder) ? Directory.GetFiles(folder, "SchedulerActivations.Notebook.*.nupkg").MaxBy(File.GetLastWriteTimeUtc) : null;
        Skip.If(package is null, "The package has not been made: make pack.");
        return ZipFile.OpenRead(package);
    }

    private static string Root([CallerFilePath] string test = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(test)!, "../../.."));
}
