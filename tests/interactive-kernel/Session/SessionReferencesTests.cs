using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.Notebook;
using SchedulerActivations.Policies;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.InteractiveKernel.Tests.Session;

public sealed class SessionReferencesTests
{
    [Fact]
    public async Task Compilations_that_begin_together_have_the_same_types()
    {
        var bound = SessionReferences.Bind();
        using var together = new Barrier(4);
        var types = await Task.WhenAll(Enumerable.Range(0, together.ParticipantCount).Select(number => Task.Factory.StartNew(() =>
        {
            together.SignalAndWait();
            return CSharpCompilation.CreateScriptCompilation($"compilation {number}", references: bound.ExternalReferences, options: SubmissionChain.Options)
                .GetTypeByMetadataName(typeof(CellFunctions).FullName!)!;
        }, TaskCreationOptions.LongRunning)));
        Assert.All(types, type => Assert.Equal(types[0], type, SymbolEqualityComparer.Default));
        GC.KeepAlive(bound);
    }

    [Fact]
    public void No_name_of_ours_is_also_one_of_a_namespace_that_is_open()
    {
        var ours = new[] { typeof(EarliestDeadlineFirst), typeof(SchedulingPolicy), typeof(Lab), typeof(CellFunctions) }.SelectMany(type => type.Assembly.GetExportedTypes()).ToList();
        var names = ours.Where(type => !type.IsNested && SessionReferences.Usings.Contains(type.Namespace!)).Select(type => type.Name).ToHashSet();
        var theirs = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!.ToString()!.Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .SelectMany(path => System.Reflection.Assembly.Load(Path.GetFileNameWithoutExtension(path)).GetExportedTypes())
            .Where(type => !type.IsNested && type.Namespace is { } space && SessionReferences.Usings.Contains(space));
        Assert.Empty(theirs.Where(type => names.Contains(type.Name)).Select(type => type.FullName).Distinct());
    }

    [Fact]
    public void An_assembly_that_is_referred_to_may_be_replaced()
    {
        var folder = Directory.CreateTempSubdirectory("references-");
        var file = Path.Combine(folder.FullName, "copy.dll");
        File.Copy(typeof(CellFunctions).Assembly.Location, file);
        var compilation = CSharpCompilation.Create("user", references: [PlatformAssemblies.Reference(file)]);
        Assert.NotNull(compilation.GetTypeByMetadataName(typeof(CellFunctions).FullName!));
        File.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
        folder.Delete(recursive: true);
    }
}
