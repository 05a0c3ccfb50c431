using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SchedulerActivations.InteractiveKernel.Tests.Session;

/// <summary>Libraries (<c>#r</c>) and scripts (<c>#load</c>) that cells name.</summary>
public sealed class FilesTests : IDisposable
{
    private readonly Notebook _notebook = new();

    // Below the current folder, which in a notebook is the notebook's own.
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(Path.Combine(Environment.CurrentDirectory, $"files-{Guid.NewGuid():N}"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_library_is_found_by_its_path_and_runs(bool relative)
    {
        var library = Library("public static class Greeting { public static string Text => \"hello\"; }");
        Assert.Equal("hello", await _notebook.ResultAsync($"#r \"{(relative ? RelativePath(library) : library)}\"\nGreeting.Text"));
        Assert.Equal("5", await _notebook.ResultAsync("Greeting.Text.Length"));
    }

    [Fact]
    public async Task A_library_brings_those_that_lie_beside_it()
    {
        var beside = Library("public static class Beside { public static string Text => \"from beside\"; }");
        var library = Library("public static class Front { public static string Text => Beside.Text; }", beside);
        Assert.Equal("from beside", await _notebook.ResultAsync($"#r \"{library}\"\nFront.Text"));
    }

    [Fact]
    public async Task A_workload_cell_can_use_a_library_too()
    {
        await _notebook.ResultAsync($"#r \"{Library("public static class Name { public static string Text => \"from a library\"; }")}\"");
        await _notebook.ResultAsync("#!workload\npublic sealed class W : Workload { public string Text => Name.Text; protected override void Define(WorkloadDefinition w) { } }");
        Assert.Equal("from a library", await _notebook.ResultAsync("new W().Text"));
    }

    [Fact]
    public async Task A_workload_s_library_takes_those_beside_it_along_to_the_run()
    {
        var beside = Library("public static class Beside { public static string Text => \"from beside\"; }");
        var library = Library("public static class Front { public static string Text => Beside.Text; }", beside);
        await _notebook.ResultAsync($"#r \"{library}\"");
        await _notebook.ResultAsync("#!workload\npublic sealed class W : Workload { protected override void Define(WorkloadDefinition w) => Console.Write(Front.Text); }");
        await _notebook.ResultAsync("_ = await Lab.RunAsync(new RoundRobin(), new W());");
        Assert.Equal("from beside", _notebook.Output.StandardOutput);
    }

    [Fact]
    public async Task A_library_that_is_part_of_the_program_stays_the_program_s()
    {
        var own = typeof(NetMQ.NetMQPoller).Assembly.Location;
        var copy = Path.Combine(_folder.FullName, Path.GetFileName(own));
        File.Copy(own, copy);
        Assert.Equal("NetMQ", await _notebook.ResultAsync($"#r \"{copy}\"\ntypeof(NetMQ.NetMQPoller).Assembly.GetName().Name"));
    }

    [Fact]
    public async Task A_package_is_refused_and_a_path_asked_for()
    {
        var error = await _notebook.ErrorAsync("#r \"nuget: Some.Package, 1.0\"\n1");
        Assert.Equal("Cell [1], line 1, column 1: error CS0006: Packages from NuGet are not offered here. Put the library's file on this computer and name its path: #r \"/path/to/library.dll\"", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_script_is_found_by_its_path_and_cells_keep_their_names(bool relative)
    {
        var script = Script("Double.csx", "int Double(int n) => 2 * n;");
        Assert.Equal("8", await _notebook.ResultAsync($"#load \"{(relative ? RelativePath(script) : script)}\"\nDouble(4)"));
        var error = await _notebook.ErrorAsync("\n1 / Double(0)");
        Assert.Equal("   at Cell [2], line 2:  1 / Double(0)", error.Traceback[1]);
    }

    [Fact]
    public async Task A_script_names_another_from_where_it_lies()
    {
        Script("Inner.csx", "int Inner() => 3;");
        Assert.Equal("3", await _notebook.ResultAsync($"#load \"{RelativePath(Script("Outer.csx", "#load \"Inner.csx\""))}\"\nInner()"));
    }

    [Fact]
    public async Task What_is_wrong_in_a_script_is_told_with_the_script_s_name_and_line()
    {
        var missing = Script("Missing.csx", "// a line above\nint Missing() => there;");
        var error = await _notebook.ErrorAsync($"#load \"{missing}\"\nMissing()");
        Assert.StartsWith($"{missing}, line 2, column 18: error CS0103", error.Message, StringComparison.Ordinal);
        Assert.Equal("    int Missing() => there;", error.Traceback[1]);

        var throws = Script("Throws.csx", "// a line above\nint Throws(int n)\n{\n    return n / (n - n);\n}");
        error = await _notebook.ErrorAsync($"#load \"{throws}\"\nThrows(3)");
        Assert.Equal([$"   at {throws}, line 4, in Throws:  return n / (n - n);", "   at Cell [2], line 2:  Throws(3)"], error.Traceback.Skip(1));
    }

    public void Dispose()
    {
        _notebook.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string RelativePath(string file) => Path.GetRelativePath(Environment.CurrentDirectory, file);

    private string Script(string name, string source)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, source);
        return file;
    }

    // Each of a name of its own: what is loaded once stays loaded.
    private string Library(string source, params string[] references)
    {
        var name = $"Library{Guid.NewGuid():N}";
        var file = Path.Combine(_folder.FullName, name + ".dll");
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source)],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location), .. references.Select(path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.True(compilation.Emit(file).Success);
        return file;
    }
}
