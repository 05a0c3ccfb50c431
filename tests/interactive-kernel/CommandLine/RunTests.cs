using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace SchedulerActivations.InteractiveKernel.Tests.CommandLine;

public sealed class RunTests : IDisposable
{
    private readonly Lab _lab = new();

    [Fact]
    public async Task A_notebook_is_executed_and_written_with_a_page_and_left_as_it_was()
    {
        var notebook = _lab.WriteNotebook("Console.WriteLine(\"out\"); 6 * 7", "#!workload\npublic class P : Workload { protected override void Define(WorkloadDefinition w) { } }", "new P().GetType().Name");
        var before = File.ReadAllText(notebook);
        var ended = await _lab.RunAsync("run", "notebook.ipynb", "--html", "pages/page.html", "--output", "done.ipynb");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("[3/3] ok", ended.Output, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(notebook));
        var cells = JsonNode.Parse(_lab.Read("done.ipynb"))!["cells"]!.AsArray();
        Assert.Equal("out\n", (string?)cells[0]!["outputs"]![0]!["text"]![0]);
        Assert.Equal("42", (string?)cells[0]!["outputs"]![1]!["data"]!["text/plain"]![0]);
        Assert.Equal("P", (string?)cells[2]!["outputs"]![0]!["data"]!["text/plain"]![0]);
        Assert.Equal(3, (int?)cells[2]!["execution_count"]);
        var page = _lab.Read("pages/page.html");
        Assert.Contains("<pre>42</pre>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_beside_a_notebook_in_another_folder_go_into_the_page()
    {
        Directory.CreateDirectory(Path.Combine(_lab.Folder, "there"));
        _lab.Write("there/dot.png", "not really a picture");
        _lab.Write("there/notebook.ipynb", SchedulerActivations.Tests.TestNotebook.OfJson("""{"cell_type":"markdown","metadata":{},"source":"A ![dot](dot.png)."}"""));
        Assert.Equal(0, (await _lab.RunAsync("run", "there/notebook.ipynb", "--html", "page.html")).ExitCode);
        Assert.Contains("src=\"data:image/png;base64,bm90", _lab.Read("page.html"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_cell_gives_status_1_its_error_and_a_notebook_up_to_it()
    {
        _lab.WriteNotebook("1", "var zero = 0;\n1 / zero", "Console.WriteLine(\"not run\")");
        var ended = await _lab.RunAsync("run", "notebook.ipynb");

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("Cell [2] failed", ended.Error, StringComparison.Ordinal);
        Assert.Contains("DivideByZeroException", ended.Error, StringComparison.Ordinal);
        Assert.Contains("at Cell [2], line 2:  1 / zero", ended.Error, StringComparison.Ordinal);
        var cells = JsonNode.Parse(_lab.Read("notebook.executed.ipynb"))!["cells"]!.AsArray();
        Assert.Equal("error", (string?)cells[1]!["outputs"]![0]!["output_type"]);
        Assert.Empty(cells[2]!["outputs"]!.AsArray());
    }

    [Fact]
    public async Task A_cell_that_takes_longer_than_the_timeout_is_stopped_and_fails()
    {
        _lab.WriteNotebook("while (true) { }");
        var ended = await _lab.RunAsync("run", "notebook.ipynb", "--timeout", "1.5");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("Cell [1] did not end within 1.5 s", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thread_that_a_cell_left_behind_does_not_keep_the_program()
    {
        _lab.WriteNotebook("new Thread(() => Thread.Sleep(-1)).Start();");
        var ended = await _lab.RunAsync("run", "notebook.ipynb").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
    }

    [Fact]
    public async Task Tasks_of_earlier_cells_can_print_all_the_time()
    {
        _lab.WriteNotebook(
            "for (var i = 0; i < 3; i++) _ = Task.Run(() => { while (true) { Console.Write(i); Console.Error.Write(i); Thread.Sleep(0); } });",
            "for (var i = 0; i < 20_000; i++) { Console.WriteLine(i); Console.Error.WriteLine(i); }",
            "await Task.Delay(100); 1");
        var ended = await _lab.RunAsync("run", "notebook.ipynb", "--html", "page.html");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
    }

    [Fact]
    public async Task A_mistake_of_the_program_is_told()
    {
        _lab.WriteNotebook("new SchedulerActivations.Notebook.MimeBundle(new Dictionary<string, string> { [\"application/json\"] = \"no JSON\" })");
        var ended = await _lab.RunAsync("run", "notebook.ipynb");
        Assert.Equal(3, ended.ExitCode);
        Assert.StartsWith("lab: something that should not happen has happened: System.Text.Json.", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cell_that_is_to_be_skipped_stays_as_it_is()
    {
        _lab.Write("notebook.ipynb", SchedulerActivations.Tests.TestNotebook.OfJson(
            """{"cell_type":"code","metadata":{"tags":["skip-execution"]},"source":"throw new Exception();","execution_count":7,"outputs":[{"output_type":"stream","name":"stdout","text":["kept"]}]}""",
            """{"cell_type":"code","metadata":{},"source":"1 + 1","execution_count":null,"outputs":[]}"""));
        var ended = await _lab.RunAsync("run", "notebook.ipynb");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("[1/1] ok", ended.Output, StringComparison.Ordinal);
        var cells = JsonNode.Parse(_lab.Read("notebook.executed.ipynb"))!["cells"]!.AsArray();
        Assert.Equal("kept", (string?)cells[0]!["outputs"]![0]!["text"]![0]);
        Assert.Equal(1, (int?)cells[1]!["execution_count"]);
    }

    [Fact]
    public async Task Lines_that_a_cell_prints_are_shown_unbroken()
    {
        _lab.WriteNotebook("Console.WriteLine(new string('x', 1000))");
        Assert.Contains(new string('x', 1000), (await _lab.RunAsync("run", "notebook.ipynb")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_goes_on_after_Ctrl_Z()
    {
        _lab.WriteNotebook("System.IO.File.WriteAllText(\"started\", \"\"); (await Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), Machines.Stock, duration: TimeSpan.FromSeconds(22))).Elapsed.TotalSeconds");
        // A terminal stops and continues all processes of a group.
        var lab = _lab.Start("setsid", [Lab.Program, "run", "notebook.ipynb"]);
        while (!File.Exists(Path.Combine(_lab.Folder, "started"))) await Task.Delay(100);
        await Task.Delay(1000);
        Assert.Equal(0, Kill(-lab.Id, 19));
        await Task.Delay(TimeSpan.FromSeconds(18));
        Assert.Equal(0, Kill(-lab.Id, 18));
        var ended = await Lab.EndAsync(lab);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("22", ended.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_notebook_that_is_run_in_place_is_still_there_where_the_disk_is_full()
    {
        Skip.IfNot((await Lab.EndAsync(_lab.Start("unshare", ["-rm", "true"]))).ExitCode == 0, "This computer allows no file systems of one's own.");
        var before = File.ReadAllText(_lab.WriteNotebook("new string('x', 60_000)"));
        var ended = await Lab.EndAsync(_lab.Start("unshare", ["-rm", "sh", "-c", """
            mkdir disk
            mount -t tmpfs -o size=32k none disk
            cp notebook.ipynb disk
            "$0" run disk/notebook.ipynb --output disk/notebook.ipynb
            status=$?
            cp disk/notebook.ipynb after
            exit $status
            """, Lab.Program]));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("notebook.ipynb' cannot be written", ended.Error, StringComparison.Ordinal);
        Assert.Equal(before, _lab.Read("after"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public async Task Ctrl_C_and_SIGTERM_stop_the_run_and_still_write_the_notebook(int signal)
    {
        _lab.WriteNotebook("System.IO.File.WriteAllText(\"started\", \"\"); while (true) { }", "1");
        using var started = new FileSystemWatcher(_lab.Folder, "started");
        var seen = new TaskCompletionSource();
        started.Created += (_, _) => seen.TrySetResult();
        started.EnableRaisingEvents = true;
        var lab = _lab.Start(Lab.Program, ["run", "notebook.ipynb"]);
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, Kill(lab.Id, signal));
        var ended = await Lab.EndAsync(lab);
        Assert.Equal(128 + signal, ended.ExitCode);
        Assert.Contains("Interrupted", _lab.Read("notebook.executed.ipynb"), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Unusable => new()
    {
        { "missing.ipynb", "", "there is no notebook 'missing.ipynb'" },
        { ".", "", "is a folder" },
        { "text.ipynb", "hello", "is not JSON (line 1, byte 1)" },
        { "list.ipynb", "[]", "it is JSON but no object" },
        { "object.ipynb", "{}", "it has no \"nbformat\"" },
        { "old.ipynb", """{"nbformat":3,"worksheets":[]}""", "is a notebook of format 3" },
        { "no-cells.ipynb", """{"nbformat":4,"nbformat_minor":5,"metadata":{}}""", "it has no list \"cells\"" },
        { "no-type.ipynb", """{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{}]}""", "its cell 1 has no \"cell_type\"" },
        { "no-source.ipynb", """{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code"}]}""", "its cell 1 has no \"source\"" },
        { "minor.ipynb", """{"nbformat":4,"nbformat_minor":"5","metadata":{},"cells":[]}""", "its \"nbformat_minor\" is no number" },
        { "metadata.ipynb", """{"nbformat":4,"nbformat_minor":5,"metadata":[],"cells":[]}""", "its \"metadata\" is no object" },
        { "cell-metadata.ipynb", """{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","source":"","metadata":[]}]}""", "the \"metadata\" of its cell 1 is no object" },
        { "twice.ipynb", """{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","source":"","metadata":{"a":1,"a":2}}]}""", "'a'" },
        { "python.ipynb", """{"nbformat":4,"nbformat_minor":5,"metadata":{"kernelspec":{"name":"python3"}},"cells":[]}""", "is for the kernel 'python3'" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task What_is_no_notebook_for_this_kernel_is_refused_with_the_reason(string name, string content, string reason)
    {
        if (content.Length > 0)
            _lab.Write(name, content);
        // In this process: starting the program for each would take most of the suite's time.
        var error = await Assert.ThrowsAsync<SchedulerActivations.CommandLine.LabException>(() => Task.Run(() =>
            SchedulerActivations.CommandLine.Notebooks.NotebookFile.Read(content.Length > 0 ? Path.Combine(_lab.Folder, name) : name)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "there is no notebook 'missing.ipynb'", "run", "missing.ipynb")]
    [InlineData(2, "--html '/proc/no/page.html' cannot be written", "run", "notebook.ipynb", "--html", "/proc/no/page.html")]
    [InlineData(2, "--output '.' is a folder", "run", "notebook.ipynb", "--output", ".")]
    [InlineData(2, "--output '' names no file", "run", "notebook.ipynb", "--output", "")]
    [InlineData(2, "--prefix '' names no folder", "jupyter", "install", "--prefix", "")]
    [InlineData(2, "--html './notebook.ipynb' would take a notebook's place", "run", "notebook.ipynb", "--html", "./notebook.ipynb")]
    [InlineData(2, "--html 'done' would take a notebook's place", "run", "notebook.ipynb", "--html", "done", "--output", "done")]
    [InlineData(2, "--timeout -1 makes no sense", "run", "notebook.ipynb", "--timeout", "-1")]
    [InlineData(1, "Cannot parse argument 'soon'", "run", "notebook.ipynb", "--timeout", "soon")]
    public async Task A_command_that_cannot_be_done_says_why_and_runs_nothing(int exitCode, string reason, params string[] arguments)
    {
        _lab.WriteNotebook("System.IO.File.WriteAllText(\"ran\", \"\")");
        var ended = await _lab.RunAsync(arguments);
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Contains(reason, ended.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_lab.Folder, "ran")));
        Assert.False(File.Exists(Path.Combine(_lab.Folder, "notebook.executed.ipynb")));
    }

    public void Dispose() => _lab.Dispose();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
