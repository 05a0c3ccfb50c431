using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>A reference to the types of a policy or workload cell, which can be taken back when they are defined anew.</summary>
/// <remarks>
/// A submission inherits the references of all submissions before it, so a second <c>MyPolicy</c> would be ambiguous
/// with the first for ever. The compiler asks a reference for its metadata anew with each compilation: a reference
/// taken back then answers with an empty assembly. What was compiled before keeps the types it was compiled with.
/// </remarks>
internal sealed class CellReference : PortableExecutableReference
{
    private static readonly Lazy<AssemblyMetadata> s_nothing = new(EmptyAssembly);
    private readonly AssemblyMetadata _types;
    private volatile bool _takenBack;

    public CellReference(byte[] image, IReadOnlyCollection<string> typeNames)
        : base(MetadataReferenceProperties.Assembly)
    {
        _types = AssemblyMetadata.CreateFromImage(image);
        TypeNames = typeNames;
    }

    public IReadOnlyCollection<string> TypeNames { get; }

    public void TakeBack() => _takenBack = true;

    protected override Metadata GetMetadataImpl() => _takenBack ? s_nothing.Value : _types;

    protected override DocumentationProvider CreateDocumentationProvider() => DocumentationProvider.Default;

    protected override PortableExecutableReference WithPropertiesImpl(MetadataReferenceProperties properties) => this;

    private static AssemblyMetadata EmptyAssembly()
    {
        using var image = new MemoryStream();
        var corlib = PlatformAssemblies.Reference(typeof(object).Assembly.Location);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary);
        CSharpCompilation.Create("TakenBack", [], [corlib], options).Emit(image);
        return AssemblyMetadata.CreateFromImage(image.ToArray());
    }
}
