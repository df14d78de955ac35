import ArgumentParser
import Commands

MHCPlan.main()
