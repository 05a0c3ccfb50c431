using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SchedulerActivations.CommandLine.Notebooks;

/// <summary>A notebook on disk. What this program does not know in it stays as it is.</summary>
/// <remarks>https://nbformat.readthedocs.io/en/latest/format_description.html</remarks>
internal sealed class NotebookFile
{
    // One space of indentation and names in order, as Jupyter writes it: a diff between the two shows only what differs.
    private static readonly JsonSerializerOptions s_asJupyterWrites = new() { WriteIndented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _root;

    private NotebookFile(string path, JsonObject root)
    {
        // A cell may change the current folder, and the run does.
        Path = System.IO.Path.GetFullPath(path);
        _root = root;
        Cells = [.. root["cells"]!.AsArray().Select((cell, index) => new NotebookCell(cell!.AsObject(), index))];
    }

    public string Path { get; }

    public IReadOnlyList<NotebookCell> Cells { get; }

    public JsonObject Metadata => _root["metadata"]!.AsObject();

    /// <summary>Reads a notebook that this program can run.</summary>
    /// <exception cref="LabException">It is missing, is not a notebook, or is for another kernel.</exception>
    public static NotebookFile Read(string path)
    {
        var notebook = new NotebookFile(path, NotebookReader.Read(path));
        NotebookReader.CheckKernel(path, notebook.Metadata);
        return notebook;
    }

    /// <summary>Writes the notebook as nbformat 4.5.</summary>
    public void Write(string path)
    {
        _root["nbformat"] = 4;
        _root["nbformat_minor"] = Math.Max(5, (int)_root["nbformat_minor"]!);
        Metadata["kernelspec"] = new JsonObject { ["name"] = Jupyter.KernelSpec.Name, ["display_name"] = Jupyter.KernelSpec.DisplayName, ["language"] = "C#" };
        Metadata["language_info"] = new JsonObject { ["name"] = "C#", ["mimetype"] = "text/x-csharp", ["file_extension"] = ".cs", ["pygments_lexer"] = "csharp", ["version"] = "14.0" };
        OutputFile.Write(path, InOrder(_root)!.ToJsonString(s_asJupyterWrites) + "\n");
    }

    private static JsonNode? InOrder(JsonNode? node) => node switch
    {
        JsonObject names => new JsonObject(names.OrderBy(static name => name.Key, StringComparer.Ordinal).Select(static name => KeyValuePair.Create(name.Key, InOrder(name.Value)))),
        JsonArray items => new JsonArray([.. items.Select(InOrder)]),
        _ => node?.DeepClone(),
    };
}
