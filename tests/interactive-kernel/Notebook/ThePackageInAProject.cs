using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>The package restored from a folder, as `#r "nuget:…"` does it, by a program for .NET 8 that knows nothing of this repository.</summary>
public sealed class ThePackageInAProject : IDisposable
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net8.0</TargetFramework>
            <RollForward>Major</RollForward>
            <UseAppHost>false</UseAppHost>
            <InvariantGlobalization>true</InvariantGlobalization>
            <RestorePackagesPath>packages</RestorePackagesPath>
            <RestoreFallbackFolders>{cache}</RestoreFallbackFolders>
            <RestoreAdditionalProjectSources>{packages}</RestoreAdditionalProjectSources>
          </PropertyGroup>
          <ItemGroup><PackageReference Include="SchedulerActivations.Notebook" Version="*" /></ItemGroup>
        </Project>
        """;

    private const string Program = """"
        using System;
        using System.Runtime.Versioning;
        using SchedulerActivations.CoreThreads;
        using SchedulerActivations.Experiments;
        using SchedulerActivations.Notebook;
        using SchedulerActivations.Specialization;

        Console.WriteLine(typeof(Lab).Assembly.GetCustomAttributes(typeof(TargetFrameworkAttribute), false)[0] is TargetFrameworkAttribute { FrameworkName: var name } ? name : "?");
        var cell = new CellCompiler().Compile(CellKind.Policy, """
            #!policy
            public sealed class FirstCome : SchedulingPolicy
            {
                private readonly ThreadQueue _ready = new();
                protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);
                protected override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
                protected override TimeSpan Quantum(UserThread thread) => TimeSpan.FromMilliseconds(2);
            }
            """, "Cell [1]");
        foreach (var diagnostic in cell.Diagnostics) Console.WriteLine(diagnostic);
        var policy = (SchedulingPolicy)Activator.CreateInstance(cell.Assembly!.GetType("FirstCome")!)!;
        var comparison = await Lab.CompareAsync(new[] { policy }, new ComputeAndIo(), new[] { Machines.Simulated, Machines.Stock }, duration: TimeSpan.FromMilliseconds(300));
        Console.WriteLine(comparison);
        Console.WriteLine(comparison.ReactivityChart().ToPng().Length + " bytes of picture");
        """";

    private readonly string _folder = Directory.CreateTempSubdirectory("consumer-").FullName;

    [SkippableFact]
    public async Task It_compiles_cells_runs_them_on_both_machines_and_draws()
    {
        var packages = Path.Combine(Root(), "out/packages");
        Skip.IfNot(Directory.Exists(packages) && Directory.GetFiles(packages, "SchedulerActivations.Notebook.*.nupkg").Length > 0, "The package has not been made: make pack.");
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
        await File.WriteAllTextAsync(Path.Combine(_folder, "Consumer.csproj"), Project.Replace("{cache}", cache, StringComparison.Ordinal).Replace("{packages}", packages, StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(_folder, "Program.cs"), Program);

        var output = await DotNetRun();
        // Whole, so that a failure shows all of it.
        Assert.Matches(@"^\.NETCoreApp,Version=v8\.0\r?\nmachine (.|\n)*\nsimulated +1 +FirstCome (.|\n)*\nstock +1 +FirstCome (.|\n)*bytes of picture", output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> DotNetRun()
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "run", "-v", "q" }) start.ArgumentList.Add(argument);
        // The test runner's own settings are not for this program.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name == "DOTNET_ROLL_FORWARD").ToList()) start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, output + await errors);
            return output;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static string Root([CallerFilePath] string test = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(test)!, "../../.."));
}
