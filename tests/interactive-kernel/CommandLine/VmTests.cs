using System.Diagnostics;

namespace SchedulerActivations.InteractiveKernel.Tests.CommandLine;

/// <summary><c>lab vm</c>: what a person or a script sees of it.</summary>
public sealed class VmTests : IDisposable
{
    private const int Interrupt = 2, Kill = 9, BrokenPipe = 13;

    private readonly Lab _lab = new();

    [SkippableFact]
    public async Task A_command_runs_under_the_patched_kernel_and_its_streams_and_exit_code_are_passed_on()
    {
        await _lab.KernelAsync();
        using var vm = _lab.Start(Lab.Program, ["vm", "--", "sh", "-c", "cat; echo wrong >&2; cat /proc/self/activations; uname -r; exit 7"]);
        await vm.StandardInput.WriteAsync("from the host\n");
        vm.StandardInput.Close();
        var ended = await Lab.EndAsync(vm);
        Assert.Equal((7, "wrong\n"), (ended.ExitCode, ended.Error.Replace("cat: /proc/self/activations: Operation not permitted\n", "", StringComparison.Ordinal)));
        Assert.StartsWith("from the host\n", ended.Output, StringComparison.Ordinal);
        Assert.Contains("6.12.", ended.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_guest_reads_the_host_s_files_and_writes_only_what_is_shared()
    {
        await _lab.KernelAsync();
        Directory.CreateDirectory(Path.Combine(_lab.Folder, "shared, too"));
        _lab.Write("seen", "by the guest\n");
        var ended = await _lab.RunAsync("vm", "--icount", "--share", "shared, too", "--env", "WORD=passed", "--", "sh", "-c", "cat seen; echo $WORD; nproc; echo x >/etc/left || true; echo x >lost; echo x >'shared, too/kept'");
        Assert.Equal((0, "by the guest\npassed\n1\n"), (ended.ExitCode, ended.Output));
        Assert.Equal(["seen", "shared, too"], Directory.GetFileSystemEntries(_lab.Folder).Select(Path.GetFileName).Order());
        Assert.False(File.Exists("/etc/left"));
        Assert.Equal("x\n", _lab.Read("shared, too/kept"));
    }

    [SkippableFact]
    public async Task An_interrupted_VM_leaves_nothing_behind()
    {
        await _lab.KernelAsync();
        using var vm = _lab.Start(Lab.Program, ["vm", "--", "sh", "-c", "echo ready; sleep 1000"]);
        Assert.Equal("ready", await vm.StandardOutput.ReadLineAsync());
        await KillAsync(vm, Interrupt);
        var mark = $"activations-vm.{vm.Id}.";
        Assert.Equal(130, (await Lab.EndAsync(vm)).ExitCode);
        Assert.DoesNotContain(Directory.GetDirectories("/proc"), process => CommandLineOf(process).Contains(mark, StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), mark + "*"));
    }

    [SkippableFact]
    public async Task A_VM_that_is_interrupted_before_QEMU_has_opened_its_streams_leaves_nothing_behind()
    {
        await _lab.KernelAsync();
        await _lab.WriteProgramAsync("qemu-system-x86_64", "echo begun >begun", "exec sleep 1000");
        await Lab.EndAsync(_lab.Start("mkfifo", ["begun"]));
        using var vm = _lab.Start(Lab.Program, ["vm", "--", "true"], _lab.FirstInPath);
        Assert.Equal("begun\n", await File.ReadAllTextAsync(Path.Combine(_lab.Folder, "begun")));
        await KillAsync(vm, Interrupt);
        Assert.Equal(130, (await Lab.EndAsync(vm)).ExitCode);
    }

    [SkippableFact]
    public async Task A_VM_whose_launcher_is_killed_leaves_no_process_behind()
    {
        await _lab.KernelAsync();
        using var vm = _lab.Start(Lab.Program, ["vm", "--", "sh", "-c", "echo ready; sleep 1000"]);
        Assert.Equal("ready", await vm.StandardOutput.ReadLineAsync());
        await KillAsync(vm, Kill);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        // Each of them has it open, and the input has not ended.
        await vm.StandardError.ReadToEndAsync(patience.Token);
    }

    [SkippableFact]
    public async Task A_command_ends_when_nobody_reads_its_output_any_more()
    {
        await _lab.KernelAsync();
        using var vm = _lab.Start(Lab.Program, ["vm", "--timeout", "60", "--", "yes"]);
        Assert.Equal("y", await vm.StandardOutput.ReadLineAsync());
        vm.StandardOutput.Close();
        await vm.WaitForExitAsync();
        Assert.Equal(128 + BrokenPipe, vm.ExitCode);
    }

    [SkippableFact]
    public async Task A_QEMU_that_somebody_else_kills_is_not_taken_for_the_time_limit()
    {
        await _lab.KernelAsync();
        await _lab.WriteProgramAsync("qemu-system-x86_64", "kill -s KILL $$");
        var ended = await Lab.EndAsync(_lab.Start(Lab.Program, ["vm", "--", "true"], _lab.FirstInPath));
        Assert.Equal(3, ended.ExitCode);
        Assert.Contains("QEMU ended with status 137", ended.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Arguments_arrive_whole_however_long_they_are()
    {
        await _lab.KernelAsync();
        var ended = await _lab.RunAsync(["vm", "--", "sh", "-c", "for last; do :; done; echo $# $last", "sh", .. Enumerable.Repeat(new string('x', 100_000), 12), "end"]);
        Assert.Equal((0, "13 end\n"), (ended.ExitCode, ended.Output));
    }

    [SkippableTheory]
    [InlineData("8")]
    [InlineData("08")]
    public async Task A_VM_ends_at_its_time_limit(string limit)
    {
        await _lab.KernelAsync();
        var ended = await _lab.RunAsync("vm", "--timeout", limit, "--", "sleep", "1000");
        Assert.Equal(124, ended.ExitCode);
        Assert.Contains("stopped at the time limit of 8 s", ended.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_guest_that_dies_shows_the_kernel_s_log()
    {
        await _lab.KernelAsync();
        var ended = await _lab.RunAsync("vm", "--", "sh", "-c", "echo c >/proc/sysrq-trigger");
        Assert.Equal(125, ended.ExitCode);
        Assert.Contains("Kernel panic", ended.Error, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("32", 2, "the kernel alone needs 64")]
    [InlineData("9000G", 3, "cannot give a VM so much memory")]
    public async Task Memory_that_does_not_suffice_or_is_not_there_is_named(string memory, int exitCode, string message)
    {
        await _lab.KernelAsync();
        var ended = await _lab.RunAsync("vm", "--memory", memory, "--", "true");
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Contains(message, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_QEMU_it_says_how_to_install_it()
    {
        foreach (var tool in new[] { "dirname", "sed" }) File.CreateSymbolicLink(Path.Combine(_lab.Folder, tool), Path.Combine("/usr/bin", tool));
        var ended = await Lab.EndAsync(_lab.Start(Lab.Program, ["vm", "--", "true"], ("PATH", _lab.Folder)));
        Assert.Equal((3, "vm: QEMU is missing; install it with: apt-get install qemu-system-x86\n"), (ended.ExitCode, ended.Error));
    }

    [SkippableFact]
    public async Task Without_a_kernel_it_says_how_to_build_one()
    {
        Skip.IfNot(File.Exists("/usr/bin/qemu-system-x86_64"), "QEMU is missing: apt-get install qemu-system-x86");
        var ended = await Lab.EndAsync(_lab.Start(Lab.Program, ["vm", "--", "true"], ("XDG_CACHE_HOME", _lab.Folder)));
        Assert.Equal((3, "vm: the kernel 'vm' is not built; run: make kernel\n"), (ended.ExitCode, ended.Error));
    }

    [SkippableFact]
    public async Task The_folder_for_temporary_files_may_have_commas_and_blanks_in_its_name()
    {
        await _lab.KernelAsync();
        var folder = Directory.CreateDirectory(Path.Combine(_lab.Folder, "a, b")).FullName;
        var ended = await Lab.EndAsync(_lab.Start(Lab.Program, ["vm", "--", "echo", "hello"], ("TMPDIR", folder)));
        Assert.Equal((0, "hello\n", ""), (ended.ExitCode, ended.Output, ended.Error));
        Assert.Empty(Directory.GetFileSystemEntries(folder, "activations-*"));
    }

    [Fact]
    public async Task An_option_that_does_not_exist_is_named()
    {
        var ended = await _lab.RunAsync("vm", "--memry", "64", "--", "true");
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("There is no option '--memry'", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_VM_that_ends_before_its_run_begins_is_named()
    {
        var ended = await RunInStandInAsync("sleep 1", "await Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), new PatchedMachine { Kernel = \"/etc/passwd\" })");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("The VM for the patched machine did not start", ended.Error, StringComparison.Ordinal);
        Assert.Contains("last words of the stand-in", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_VM_that_takes_long_to_prepare_it_is_said_what_is_waited_for()
    {
        var ended = await RunInStandInAsync("", """
            sealed class Waits : IProgress<RunProgress> { public void Report(RunProgress value) => Console.WriteLine(value.Waiting); }
            var components = new ComponentCatalog();
            await ExperimentRunner.RunAsync(new Experiment { Policy = components.Describe(new RoundRobin()), Workload = components.Describe(new ComputeAndIo()), Machine = new PatchedMachine { Kernel = "/etc/passwd" } }, new Waits())
            """, inPreparation: "sleep 4");
        Assert.Contains("a VM with the patched kernel is being prepared", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_VM_that_does_not_power_off_leaves_no_sockets_behind()
    {
        var ended = await RunInStandInAsync("exec sleep 1000", "_ = Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), new PatchedMachine { Kernel = \"/etc/passwd\" });\nfor (; !Directory.GetFiles(Path.GetTempPath(), \"activations-worker*\").Any();) Thread.Sleep(100);");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Empty(Directory.GetFiles(_lab.Folder, "activations-worker*"));
    }

    public void Dispose() => _lab.Dispose();

    // A program in QEMU's place: its guest prepares itself, goes on from its snapshot, and then does what a test wants.
    private async Task<Lab.Ended> RunInStandInAsync(string afterwards, string cell, string inPreparation = "")
    {
        await _lab.WriteProgramAsync("qemu-system-x86_64", $$"""
            for word; do
                case $word in
                file,id=out,*) out=${word##*path=} ;;
                file,id=err,*) err=${word##*path=} ;;
                file,id=status,*) status=${word##*path=} ;;
                pipe,id=monitor,*) monitor=${word##*path=} ;;
                socket,*id=worker) word=${word#*path=}; : >"${word%%,*}" ;;
                defer) resumed=1 ;;
                esac
            done
            exec 3>"$out" 4>"$err" 5>"$status"
            if [ ! "$resumed" ]; then
                echo started >&5
                {{inPreparation}}
                echo prepared >&5
                echo 'Migration status: completed' >"$monitor.out"
                exit
            fi
            echo resumed >&5
            echo 'last words of the stand-in' >&4
            {{afterwards}}
            """);
        _lab.WriteNotebook("using SchedulerActivations.Machines.Patched;", cell);
        return await Lab.EndAsync(_lab.Start(Lab.Program, ["run", "notebook.ipynb"], _lab.FirstInPath, ("TMPDIR", _lab.Folder), ("XDG_CACHE_HOME", _lab.Folder)));
    }

    private static async Task KillAsync(Process process, int signal)
    {
        using var kill = Process.Start("/bin/kill", ["-s", signal.ToString(), process.Id.ToString()]);
        await kill.WaitForExitAsync();
    }

    private static string CommandLineOf(string process)
    {
        try { return File.ReadAllText(Path.Combine(process, "cmdline")); }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException) { return ""; }
    }
}
