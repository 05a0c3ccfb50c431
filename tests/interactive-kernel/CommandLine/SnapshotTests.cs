namespace SchedulerActivations.InteractiveKernel.Tests.CommandLine;

/// <summary><c>kernel-patch/vm/run --snapshot</c>: a command that prepared itself once, and goes on from there each time.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly Lab _lab = new();

    [SkippableFact]
    public async Task A_command_goes_on_from_where_it_was_prepared()
    {
        await WriteCommandAsync("first");
        var first = await RunAsync("one");
        _lab.Write("seen", "written since\n");
        var again = await RunAsync("two");
        Assert.Equal([7, 7], [first.ExitCode, again.ExitCode]);
        Assert.Equal((_lab.Folder, "nothing yet", "one"), (Word(first, "directory"), Word(first, "seen"), Word(first, "input")));
        Assert.Equal((_lab.Folder, "written since", "two"), (Word(again, "directory"), Word(again, "seen"), Word(again, "input")));
        // Prepared once, with no files but its own; nobody draws another's random numbers, and the clock is right.
        Assert.Equal((Word(first, "prepared"), "no files"), (Word(again, "prepared"), Word(again, "then")));
        Assert.NotEqual(Word(first, "random"), Word(again, "random"));
        Assert.InRange(DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(long.Parse(Word(again, "time"))), TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
    }

    [SkippableFact]
    public async Task A_changed_command_or_a_damaged_snapshot_is_prepared_anew()
    {
        await WriteCommandAsync("first");
        Assert.Equal("first", Word(await RunAsync(""), "version"));
        await WriteCommandAsync("second");
        Assert.Equal("second", Word(await RunAsync(""), "version"));
        foreach (var state in Directory.GetFiles(Snapshots, "state", SearchOption.AllDirectories)) File.WriteAllText(state, "no state");
        var ended = await RunAsync("input");
        Assert.Equal(("second", "input", 7), (Word(ended, "version"), Word(ended, "input"), ended.ExitCode));
        Assert.Contains("vm: the VM does not go on from its snapshot", ended.Error, StringComparison.Ordinal);
        Assert.Equal("", (await RunAsync("")).Error);
    }

    [SkippableFact]
    public async Task A_command_that_ends_in_its_preparation_says_so_and_leaves_no_snapshot()
    {
        await WriteCommandAsync("first", "echo 'out of luck' >&2; exit 9");
        var ended = await RunAsync("");
        Assert.Equal((9, "out of luck\n"), (ended.ExitCode, ended.Error));
        Assert.Empty(Directory.GetDirectories(Snapshots));
    }

    [SkippableFact]
    public async Task What_the_kernel_complains_of_in_a_preparation_is_told_of_each_time()
    {
        await WriteCommandAsync("first", "echo '<4>WARNING: of no use' >/dev/kmsg");
        foreach (var _ in new[] { 1, 2 })
        {
            var ended = await RunAsync("");
            Assert.Equal(125, ended.ExitCode);
            Assert.Contains("WARNING: of no use", ended.Error, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetDirectories(Snapshots));
    }

    [SkippableFact]
    public async Task Half_a_snapshot_is_made_whole()
    {
        await WriteCommandAsync("first");
        var first = await RunAsync("");
        var state = Assert.Single(Directory.GetFiles(Snapshots, "state", SearchOption.AllDirectories));
        File.Delete(state);
        var second = await RunAsync("");
        Assert.NotEqual(Word(first, "prepared"), Word(second, "prepared"));
        Assert.Equal((7, ""), (second.ExitCode, second.Error));
        Assert.True(File.Exists(state));
    }

    [SkippableFact]
    public async Task Another_kernel_in_the_same_place_is_not_gone_on_from()
    {
        await WriteCommandAsync("first");
        var kernel = Path.Combine(_lab.Folder, "bzImage");
        File.Copy(await _lab.KernelAsync(), kernel);
        var first = await RunAsync("", kernel);
        var times = File.GetLastWriteTimeUtc(kernel);
        File.Copy(await _lab.KernelAsync(), kernel, overwrite: true);
        File.SetLastWriteTimeUtc(kernel, times);
        Assert.NotEqual(Word(first, "prepared"), Word(await RunAsync("", kernel), "prepared"));
    }

    [SkippableFact]
    public async Task A_run_on_the_patched_machine_goes_on_although_its_snapshot_is_damaged()
    {
        _lab.WriteNotebook("using SchedulerActivations.Machines.Patched;", $$"""
            var result = await Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), new PatchedMachine { Kernel = "{{await _lab.KernelAsync()}}" }, duration: TimeSpan.FromSeconds(1));
            Console.WriteLine($"{result.Ports[0].Handled} handled");
            """);
        foreach (var environment in new[] { "dumb", "xterm" })
        {
            var ended = await Lab.EndAsync(_lab.Start(Lab.Program, ["run", "notebook.ipynb"], ("XDG_CACHE_HOME", Path.Combine(_lab.Folder, "cache")), ("TERM", environment)));
            Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
            Assert.Contains(" handled", ended.Output, StringComparison.Ordinal);
            // A terminal and Jupyter go on from the same one.
            File.WriteAllText(Assert.Single(Directory.GetFiles(Snapshots, "state", SearchOption.AllDirectories)), "no state");
        }
    }

    public void Dispose() => _lab.Dispose();

    private string Snapshots => Path.Combine(_lab.Folder, "cache", "scheduler-activations", "vm", "snapshots");

    private Task WriteCommandAsync(string version, string inPreparation = "") => _lab.WriteProgramAsync("command", $$"""
        prepared=$RANDOM$RANDOM
        [ -e /usr/sbin ] && then='files' || then='no files'
        {{inPreparation}}
        echo prepared >&3
        read -r directory <&3
        cd "$directory"
        echo "version: {{version}}"
        echo "prepared: $prepared"
        echo "then: $then"
        echo "directory: $PWD"
        echo "seen: $(cat seen 2>/dev/null || echo nothing yet)"
        echo "random: $(od -An -N8 -tx8 /dev/urandom)"
        echo "time: $(date +%s)"
        echo "input: $(cat)"
        exit 7
        """);

    private async Task<Lab.Ended> RunAsync(string input, string? kernel = null)
    {
        kernel ??= await _lab.KernelAsync();
        var command = Path.Combine(_lab.Folder, "command");
        using var vm = _lab.Start(
            Path.Combine(Path.GetDirectoryName(Lab.KernelBuild)!, "vm", "run"),
            ["--kernel", kernel, "--snapshot", command, "--snapshot", "/bin/bash", "--", "/bin/bash", command],
            ("XDG_CACHE_HOME", Path.Combine(_lab.Folder, "cache")));
        await vm.StandardInput.WriteAsync(input);
        vm.StandardInput.Close();
        return await Lab.EndAsync(vm);
    }

    private static string Word(Lab.Ended ended, string name) =>
        ended.Output.Split('\n').First(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];
}
