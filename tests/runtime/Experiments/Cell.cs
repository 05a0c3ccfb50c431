using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Tests.Experiments;

/// <summary>Compiles the text of a notebook cell to an assembly of its own, as the notebook does.</summary>
internal static class Cell
{
    private static int _count;

    /// <summary>Compiles, loads and registers a cell; gives an object of its type.</summary>
    public static object Instance(string typeName, string source, string name = "cell 3", params byte[][] references)
    {
        var image = Compile(source, name, references);
        var assembly = Assembly.Load(image);
        new ComponentCatalog().Register(image, assembly, source, name);
        return Activator.CreateInstance(assembly.GetType(typeName, throwOnError: true)!)!;
    }

    public static byte[] Compile(string source, string name = "cell 3", params byte[][] references)
    {
        const string usings = "global using System; global using System.Threading; global using SchedulerActivations; global using SchedulerActivations.CoreThreads; global using SchedulerActivations.Experiments; global using SchedulerActivations.Specialization;";
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            $"Cell{Interlocked.Increment(ref _count)}",
            [CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), path: name), CSharpSyntaxTree.ParseText(usings)],
            [.. platform.Select(path => MetadataReference.CreateFromFile(path)), .. references.Select(image => MetadataReference.CreateFromImage(image))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var result = compilation.Emit(image, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return image.ToArray();
    }
}
