using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.Notebook;

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
